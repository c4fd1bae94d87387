import { expect, test } from 'vitest'
import { parsePrefix } from './prefix.ts'

test.each([
  ['192.0.2.7', '192.0.2.7/32', 'IPv4'],
  ['192.0.2.7/24', '192.0.2.0/24', 'IPv4'],
  ['2001:DB8::1', '2001:db8::1/128', 'IPv6'],
  ['2001:db8:0:0:1::/64', '2001:db8::/64', 'IPv6'],
  ['::/0', '::/0', 'IPv6'],
])('%s is %s', (text, cidr, ethertype) => {
  expect(parsePrefix(text)).toEqual({ cidr, ethertype })
})

test.each(['', 'a', '192.0.2.7/33', '192.0.2', '2001:db8::/129', 'fe80::1%eth0', '1::2::3', '10.0.0.0/8; x'])(
  '%s is neither',
  (text) => expect(parsePrefix(text)).toBeNull(),
)
