import { expect, test } from 'vitest'
import { emptyQuestion, inputOf, missingOf, typedAddress } from './question.ts'

const whole = { ...emptyQuestion, from: 'instance:a', to: 'address:fd00::1' }

test('a question is asked when all of it is there', () => {
  expect(inputOf(whole)).toEqual({
    from: { kind: 'instance', id: 'a' },
    to: { kind: 'address', address: 'fd00::1' },
    protocol: 'tcp',
    port: 22,
  })
  expect(inputOf({ ...whole, from: 'outside', to: 'port:b', protocol: 'icmp', port: null })).toEqual({
    from: { kind: 'outside' },
    to: { kind: 'port', id: 'b' },
    protocol: 'icmp',
  })
  expect(inputOf({ ...whole, from: 'outside:192.0.2.7' })?.from).toEqual({
    kind: 'outside',
    address: '192.0.2.7',
  })
})

test('what is missing is said', () => {
  expect(missingOf(whole)).toBeNull()
  expect(missingOf({ ...whole, from: null })).toBe('Choose who asks.')
  expect(missingOf({ ...whole, to: null })).toBe('Choose who is asked.')
  for (const port of [null, 0, 1.5, 65_536]) expect(missingOf({ ...whole, port })).toMatch(/^Ports are/)
  for (const from of ['', 'instance:', 'nobody:a']) expect(inputOf({ ...whole, from })).toBeNull()
})

test('addresses are told from names', () => {
  for (const address of ['10.0.0.5', 'fd00::1', '::1']) expect(typedAddress(` ${address} `)).toBe(address)
  for (const name of ['web', '10.0.0', '', 'web:1x']) expect(typedAddress(name)).toBeNull()
})
