import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAddress, netmask, parseAddress, parseCidr, type Range, sizeOf } from './ipv4.ts'
import { normaliseMac, randomMac } from './mac.ts'
import { addressAt, blocksOf, inRanges, pickAddresses } from './pick.ts'

const address = fc.integer({ min: 0, max: 2 ** 32 - 1 })

/** Disjoint ranges in order. */
const ranges = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 3_000 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((steps) => {
    let at = parseAddress('10.0.0.0')!
    return steps.map(([gap, size]): Range => {
      const first = at + gap
      at = first + size
      return { first, last: first + size - 1 }
    })
  })

describe('IPv4', () => {
  test('numbers and text are two forms of the same', () => {
    fc.assert(fc.property(address, (number) => parseAddress(formatAddress(number)) === number))
    expect(formatAddress(2 ** 32 - 1)).toBe('255.255.255.255')
  })

  test('masks', () => {
    expect([8, 24, 29, 32, 0].map(netmask)).toEqual([
      '255.0.0.0',
      '255.255.255.0',
      '255.255.255.248',
      '255.255.255.255',
      '0.0.0.0',
    ])
  })

  test('a range has the right ends', () => {
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 32 }), (number, prefix) => {
        const range = parseCidr(`${formatAddress(number)}/${prefix}`)!
        return (
          range.given === number &&
          range.first <= number &&
          number <= range.last &&
          range.last - range.first + 1 === 2 ** (32 - prefix) &&
          range.first % 2 ** (32 - prefix) === 0
        )
      }),
    )
  })
})

describe('picking addresses', () => {
  test('gives different free addresses inside the ranges, and all of them when they are few', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.nat(), { maxLength: 200 }),
        (some, count, holes) => {
          const size = sizeOf(some)
          const taken = new Set(holes.map((hole) => addressAt(some, hole % size)))
          const picked = pickAddresses(some, count, taken)
          expect(new Set(picked).size).toBe(picked.length)
          expect(picked.every((one) => inRanges(some, one) && !taken.has(one))).toBe(true)
          if (size <= 4_096) expect(picked.length).toBe(Math.min(count, size - taken.size))
        },
      ),
    )
  })

  test('blocks cover every address once, wherever they begin', () => {
    fc.assert(
      fc.property(
        ranges,
        fc.integer({ min: 1, max: 700 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (some, length, at) => {
          const all = [...blocksOf(some, length, () => at)].flat()
          expect(all.length).toBe(sizeOf(some))
          expect(new Set(all).size).toBe(all.length)
          expect(all.every((one) => inRanges(some, one))).toBe(true)
        },
      ),
    )
  })
})

describe('MAC addresses', () => {
  test('random ones have the prefix of OpenStack and are ones of single interfaces', () => {
    for (let i = 0; i < 50; i++) {
      const mac = randomMac()
      expect(mac).toMatch(/^fa:16:3e(:[0-9a-f]{2}){3}$/)
      expect(normaliseMac(mac)).toBe(mac)
    }
  })

  test.each([
    ['FA-16-3E-00-00-01', 'fa:16:3e:00:00:01'],
    ['01:00:5e:00:00:01', null],
    ['ff:ff:ff:ff:ff:ff', null],
    ['00:00:00:00:00:00', null],
    ['fa:16:3e:00:00', null],
    ['fa:16:3e:00:00:0g', null],
    ['', null],
  ])('%s', (given, expected) => expect(normaliseMac(given)).toBe(expected))
})
