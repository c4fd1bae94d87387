import { expect, test } from 'vitest'
import { shortRange, someAddresses } from './row.ts'

test.each([
  ['192.0.2.7/32', '192.0.2.7'],
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['2001:db8::1/128', '2001:db8::1'],
  ['2001:db8::/32', '2001:db8::/32'],
])('%s is read as %s', (cidr, text) => expect(shortRange(cidr)).toBe(text))

test('shows the first addresses and counts the others', () => {
  expect(someAddresses(['192.0.2.1/32', '192.0.2.2/32', '10.0.0.0/8'], 2)).toEqual({
    shown: ['192.0.2.1', '192.0.2.2'],
    more: 1,
  })
  expect(someAddresses([])).toEqual({ shown: [], more: 0 })
})
