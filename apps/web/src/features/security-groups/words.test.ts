import { describe, expect, test } from 'vitest'
import { dangerOf } from './presets.ts'
import { type RuleFacts, ruleSentence, summary } from './words.ts'

const rule = (fields: Partial<RuleFacts> = {}): RuleFacts => ({
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: null,
  portMin: null,
  portMax: null,
  remoteIpPrefix: null,
  remoteGroupId: null,
  remoteGroupName: null,
  groupId: 'own',
  ...fields,
})
const tcp = (from: number, to = from, fields: Partial<RuleFacts> = {}) =>
  rule({ protocol: 'tcp', portMin: from, portMax: to, ...fields })

test.each([
  [tcp(22), 'TCP 22 (SSH) from anywhere'],
  [tcp(22, 22, { remoteIpPrefix: '0.0.0.0/0' }), 'TCP 22 (SSH) from anywhere'],
  [tcp(8000, 8100, { remoteIpPrefix: '10.0.0.0/8' }), 'TCP 8000 to 8100 from 10.0.0.0/8'],
  [tcp(8080, 8080, { remoteIpPrefix: '192.0.2.1/32' }), 'TCP 8080 from 192.0.2.1'],
  [rule({ remoteGroupId: 'own' }), 'Everything from members of this group (3 ports)'],
  [rule({ remoteGroupId: 'x', remoteGroupName: 'web' }), 'Everything from members of web'],
  [
    rule({ remoteAddressGroupId: 'a', remoteAddressGroupName: 'office' }),
    'Everything from addresses of office',
  ],
  [rule({ direction: 'egress' }), 'Everything to anywhere'],
  [rule({ protocol: 'icmp', portMin: 8 }), 'ICMP pings from anywhere'],
  [rule({ protocol: 'icmp', portMin: 3, portMax: 4 }), 'ICMP unreachable notices, code 4 from anywhere'],
  [rule({ ethertype: 'IPv6', protocol: 'ipv6-icmp', portMin: 128 }), 'ICMPv6 pings from anywhere, IPv6'],
  [tcp(22, 22, { ethertype: 'IPv6', remoteIpPrefix: '::/0' }), 'TCP 22 (SSH) from anywhere, IPv6'],
  [tcp(22, 22, { ethertype: 'IPv6', remoteIpPrefix: '2001:db8::1/128' }), 'TCP 22 (SSH) from 2001:db8::1'],
  [rule({ protocol: '253' }), 'All protocol 253 from anywhere'],
])('a rule in words: %#', (given, words) => {
  expect(ruleSentence(given, 3)).toBe(words)
})

describe('a group in words', () => {
  test('says the most that is open, and what is not', () => {
    expect(summary([], 'ingress', 1)).toEqual(['Nobody reaches its members.'])
    expect(summary([rule({ ethertype: 'IPv6' })], 'ingress', 1)).toEqual(['Everything from anywhere, IPv6.'])
    expect(summary([rule(), tcp(22, 22, { ethertype: 'IPv6' })], 'ingress', 1)).toEqual([
      'Everything from anywhere.',
      'TCP 22 (SSH) from anywhere, IPv6.',
    ])
    const own = { remoteGroupId: 'own' }
    expect(summary([rule(own), rule({ ...own, ethertype: 'IPv6' })], 'ingress', 2)).toEqual([
      'Everything from members of this group (2 ports), IPv4 and IPv6.',
    ])
    expect(summary([tcp(22), rule()], 'ingress', 1)).toEqual(['Everything from anywhere.'])
    expect(summary([tcp(22), tcp(80, 80, { remoteIpPrefix: '10.0.0.0/8' })], 'ingress', 1)).toEqual([
      'TCP 22 (SSH) from anywhere.',
      'TCP 80 (HTTP) from 10.0.0.0/8.',
    ])
    expect(summary([], 'egress', 1)).toEqual(['Its members send nothing.'])
  })
})

test('warns of what nobody opens to everybody', () => {
  expect(dangerOf(tcp(22))).toMatch(/22 \(SSH/)
  expect(dangerOf(tcp(1, 65_535))).toMatch(/and 10 more/)
  expect(dangerOf(rule())).toBe('Everything is open to everybody.')
  expect(dangerOf(rule({ protocol: 'udp' }))).toBe('Every UDP port is open to everybody.')
  for (const harmless of [
    tcp(443),
    tcp(22, 22, { remoteIpPrefix: '10.0.0.0/8' }),
    tcp(22, 22, { remoteGroupId: 'g' }),
    tcp(22, 22, { direction: 'egress' }),
    rule({ protocol: 'icmp' }),
  ])
    expect(dangerOf(harmless)).toBeNull()
})
