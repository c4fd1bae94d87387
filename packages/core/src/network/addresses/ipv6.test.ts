import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatIp, holds, ipv4First, parseIp, parseIpRange, rangesOverlap } from './ip.ts'
import { sizeOf } from './ipv4.ts'
import { formatAddress6, macOfLinkLocal, netmask6, parseAddress6, parseCidr6, slaacAddress } from './ipv6.ts'
import { addressAt } from './pick.ts'
import { spaceOf } from './space.ts'

const address = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })
const mac = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':'))

describe('IPv6', () => {
  test('numbers and text are two forms of the same', () => {
    fc.assert(fc.property(address, (number) => parseAddress6(formatAddress6(number)) === number))
    fc.assert(fc.property(fc.ipV6(), (text) => parseAddress6(text) !== null))
  })

  test.each([
    ['FD00:0:0::0001', 'fd00::1'],
    ['fd00:0:0:1:0:0:0:1', 'fd00:0:0:1::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::', '::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['fe80::1%eth0', null],
    ['fd00::1::1', null],
    ['fd00', null],
    ['10.0.0.1', null],
    ['fd00::12345', null],
    ['', null],
  ])('%j has the one form %j', (given, expected) => {
    const number = parseAddress6(given)
    expect(number === null ? null : formatAddress6(number)).toBe(expected)
  })

  test('a range has the right ends', () => {
    expect(parseCidr6('fd00::/64')).toMatchObject({
      first: parseAddress6('fd00::'),
      last: parseAddress6('fd00::ffff:ffff:ffff:ffff'),
    })
    for (const wrong of ['fd00::', 'fd00::/129', 'fd00::/064', 'fd00::/64/1', '10.0.0.0/24'])
      expect(parseCidr6(wrong)).toBeNull()
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 128 }), (number, prefix) => {
        const range = parseCidr6(`${formatAddress6(number)}/${prefix}`)!
        return (
          range.first <= number &&
          number <= range.last &&
          range.last - range.first + 1n === 2n ** BigInt(128 - prefix) &&
          range.first % 2n ** BigInt(128 - prefix) === 0n
        )
      }),
    )
    expect([64, 126, 0, 128].map(netmask6)).toEqual([
      'ffff:ffff:ffff:ffff::',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc',
      '::',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ])
  })

  test('guests make their address of their MAC, and the MAC is found again', () => {
    expect(slaacAddress('fd00:1::/64', 'fa:16:3e:12:34:56')).toBe('fd00:1::f816:3eff:fe12:3456')
    fc.assert(fc.property(mac, (one) => macOfLinkLocal(slaacAddress('fe80::/64', one)) === one))
    for (const other of ['fe80::1', 'fd00::f816:3eff:fe12:3456', '10.0.0.1', 'x'])
      expect(macOfLinkLocal(other)).toBeNull()
  })
})

describe('either kind', () => {
  test('never mixes the two', () => {
    const [four, six] = [parseIpRange('0.0.0.0/0')!, parseIpRange('::/0')!]
    expect(rangesOverlap(four, six)).toBe(false)
    expect(holds(six, parseIp('10.0.0.1')!)).toBe(false)
    expect(holds(four, parseIp('10.0.0.1')!)).toBe(true)
    expect(rangesOverlap(parseIpRange('fd00::/64')!, parseIpRange('fd00::8000:0:0:0/65')!)).toBe(true)
    expect(rangesOverlap(parseIpRange('fd00::/64')!, parseIpRange('fd00:0:0:1::/64')!)).toBe(false)
    expect(formatIp(parseIp('FD00::0A')!)).toBe('fd00::a')
  })

  test('shows IPv4 first and leaves the order alone otherwise', () =>
    expect(ipv4First(['fd00::2', '10.0.0.2', 'fd00::1', '10.0.0.1'], (one) => one)).toEqual([
      '10.0.0.2',
      '10.0.0.1',
      'fd00::2',
      'fd00::1',
    ]))
})

test('automatic addresses of IPv6 come from the pools, and are known again', () => {
  const space = spaceOf({
    ipVersion: 6,
    pools: [
      { start: 'fd00::10', end: 'fd00::1f' },
      { start: 'fd00::1:0', end: 'fd00::ffff:ffff:ffff:ffff' },
    ],
  })
  expect(sizeOf(space.ranges)).toBe(16 + 2 ** 32)
  const at = (index: number) => space.format(addressAt(space.ranges, index))
  expect([at(0), at(15), at(16), at(16 + 2 ** 32 - 1)]).toEqual([
    'fd00::10',
    'fd00::1f',
    'fd00::1:0',
    'fd00::1:0:ffff',
  ])
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 15 + 2 ** 32 }),
      (index) => space.parse(at(index)) === addressAt(space.ranges, index),
    ),
  )
  expect(space.parse('fd00::20')).toBeNull()
  expect(space.parse('10.0.0.1')).toBeNull()
})
