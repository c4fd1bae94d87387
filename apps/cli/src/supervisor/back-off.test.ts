import { expect, it } from 'vitest'
import { BackOff } from './back-off.ts'

it('doubles, has a limit, and starts over after a calm time', () => {
  const backOff = new BackOff({ firstMs: 100, maxMs: 1_000, calmMs: 60_000 })
  expect([1, 2, 3, 4, 5, 6].map(() => backOff.next(50))).toEqual([100, 200, 400, 800, 1_000, 1_000])
  expect(backOff.next(60_000)).toBe(100)
  expect(backOff.next(59_999)).toBe(200)
})
