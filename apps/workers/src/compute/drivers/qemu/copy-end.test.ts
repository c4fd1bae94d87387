import { expect, test } from 'vitest'
import { downtimeLimitMs, isEndNear } from './copy-end.ts'

test('a guest may stand still for a moment, and for longer with every pass that was not enough', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 1_000].map(downtimeLimitMs)).toEqual([
    30, 30, 30, 60, 120, 240, 300, 300, 300,
  ])
})

test('the end is near from the beginning for a small guest, and with the end of each pass for others', () => {
  const mib = 1024 ** 2
  const at = (pass: number, remainingMib: number, mibPerSecond: number, near = false) =>
    isEndNear({ near, pass, remaining: remainingMib * mib, bytesPerSecond: mibPerSecond * mib })
  expect(at(1, 512, 0)).toBe(true)
  expect(at(1, 65_536, 0)).toBe(false)
  expect(at(1, 65_536, 4_000)).toBe(false)
  expect(at(1, 1_000, 100)).toBe(true)
  // Of a later pass it is known how fast it goes.
  expect(at(2, 1_000, 100)).toBe(false)
  expect(at(2, 190, 100)).toBe(true)
  expect(at(2, 60, 0)).toBe(true)
  // It is not taken back at once.
  expect(at(2, 390, 100)).toBe(false)
  expect(at(2, 390, 100, true)).toBe(true)
  expect(at(2, 410, 100, true)).toBe(false)
})
