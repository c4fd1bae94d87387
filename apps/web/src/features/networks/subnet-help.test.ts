import { expect, test } from 'vitest'
import { freeRange, freeRange6, readPools, splitList, subnetHelp } from './subnet-help.ts'

const help = (cidr: string, gatewayIp = '', noGateway = false, siblings: string[] = []) =>
  subnetHelp({ cidr, gatewayIp, noGateway }, siblings)

test('nothing typed says nothing', () => {
  expect(help('')).toEqual({ problem: null, suggestion: null, facts: null, gatewayProblem: null })
})

test('a good range tells its addresses', () => {
  expect(help('10.0.0.0/24').facts).toEqual({
    version: 4,
    usable: 254,
    first: '10.0.0.1',
    last: '10.0.0.254',
    gateway: '10.0.0.1',
    automatic: 253,
  })
  expect(help('192.168.0.8/29', '', true).facts).toMatchObject({ usable: 6, gateway: null, automatic: 6 })
  expect(help('10.0.0.0/8').facts?.usable).toBe(16_777_214)
})

test.each([
  ['hello', /looks like/, null],
  ['10.0.0.7', /prefix is missing/, '10.0.0.0/24'],
  ['10.0.0.7/24', /begins earlier/, '10.0.0.0/24'],
  ['10.0.0.0/30', /too small/, '10.0.0.0/29'],
  ['8.0.0.0/7', /too large/, null],
  ['10.0.0.0/33', /looks like/, null],
])('%s is explained', (cidr, problem, suggestion) => {
  const found = help(cidr)
  expect(found.problem).toMatch(problem)
  expect(found.suggestion).toBe(suggestion)
  expect(found.facts).toBeNull()
})

test('a range that the network has already is named', () => {
  expect(help('10.0.0.128/25', '', false, ['10.0.0.0/24']).problem).toContain('10.0.0.0/24')
  expect(help('10.0.1.0/24', '', false, ['10.0.0.0/24']).problem).toBeNull()
})

test('a gateway must be a usable address of the range', () => {
  expect(help('10.0.0.0/24', '10.0.0.254')).toMatchObject({
    gatewayProblem: null,
    facts: { gateway: '10.0.0.254' },
  })
  for (const gateway of ['10.0.0.0', '10.0.0.255', '10.0.1.1', 'x'])
    expect(help('10.0.0.0/24', gateway).gatewayProblem).toBe('Use an address from 10.0.0.1 to 10.0.0.254.')
  expect(help('10.0.0.0/24', 'x', true).gatewayProblem).toBeNull()
})

test('a free range is suggested', () => {
  expect(freeRange([])).toBe('10.0.0.0/24')
  expect(freeRange(['10.0.0.0/24', '10.0.1.0/24'])).toBe('10.0.2.0/24')
  expect(freeRange(['10.0.0.0/15'])).toBe('10.2.0.0/24')
  expect(freeRange(['10.0.0.0/8'])).toBe('192.168.0.0/24')
})

test('a range of IPv6 is explained as well', () => {
  expect(help('fd00:1::/64').facts).toMatchObject({
    version: 6,
    first: 'fd00:1::1',
    last: 'fd00:1::ffff:ffff:ffff:ffff',
    gateway: 'fd00:1::1',
  })
  for (const [cidr, problem, suggestion] of [
    ['fd00:1:', /looks like fd00/, null],
    ['fd00:1::7', /prefix is missing/, 'fd00:1::/64'],
    ['fd00:1::/48', /too large/, 'fd00:1::/64'],
    ['fd00:1::/127', /too small/, 'fd00:1::/64'],
    ['fd00:1::7/64', /begins earlier/, 'fd00:1::/64'],
  ] as const) {
    expect(help(cidr).problem).toMatch(problem)
    expect(help(cidr).suggestion).toBe(suggestion)
  }
  const draft = { cidr: 'fd00:1::/96', gatewayIp: '', noGateway: false }
  expect(subnetHelp({ ...draft, way: 'slaac' })).toMatchObject({ suggestion: 'fd00:1::/64', facts: null })
  expect(subnetHelp({ ...draft, way: 'dhcpv6-stateful' }).facts).not.toBeNull()
  expect(help('fd00:1::/64', '', false, ['10.0.0.0/8', 'fd00:1::/126']).problem).toContain('fd00:1::/126')
  expect(help('fd00:1::/64', '10.0.0.1').gatewayProblem).toContain('fd00:1::1')
})

test('a free range of IPv6 is of the project alone, and never the same twice', () => {
  const project = '0198a1b2-0000-7000-8000-00deadbeef42'
  expect(freeRange6(project, [])).toBe('fdde:adbe:ef42:1::/64')
  expect(freeRange6(project, ['fdde:adbe:ef42:1::/64', '10.0.0.0/8'])).toBe('fdde:adbe:ef42:2::/64')
  expect(freeRange6('', [])).toBe('fd00:0:0:1::/64')
})

test('lists and pools are read as people type them', () => {
  expect(splitList(' 9.9.9.9, 1.1.1.1\n8.8.8.8 ')).toEqual(['9.9.9.9', '1.1.1.1', '8.8.8.8'])
  expect(readPools('10.0.0.10 - 10.0.0.20\n\n10.0.0.30-10.0.0.40')).toEqual({
    pools: [
      { start: '10.0.0.10', end: '10.0.0.20' },
      { start: '10.0.0.30', end: '10.0.0.40' },
    ],
    problem: null,
  })
  expect(readPools('10.0.0.10').problem).toMatch(/^Line 1/)
  expect(readPools('a - b\nc - d - e').problem).toMatch(/^Line 2/)
})
