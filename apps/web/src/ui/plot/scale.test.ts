import { expect, it } from 'vitest'
import { formatValue, linePath, summarise, timeTicks, valueTicks } from './scale.ts'

it('writes values with their unit', () => {
  expect(formatValue(12.345, 'percent')).toBe('12.3 %')
  expect(formatValue(100, 'percent')).toBe('100 %')
  expect(formatValue(0, 'ops/s')).toBe('0/s')
  expect(formatValue(1_572_864, 'bytes/s')).toBe('1.5 MiB/s')
  expect(formatValue(0.5, 'number')).toBe('0.5')
  expect(formatValue(null, 'bytes')).toBe('not measured')
})

it('puts round numbers on the axis, in binary units for bytes', () => {
  expect(valueTicks(37, 'percent')).toEqual([0, 10, 20, 30, 40])
  expect(valueTicks(0, 'percent')).toEqual([0, 2, 4, 6])
  expect(valueTicks(80, 'percent', 100)).toEqual([0, 25, 50, 75, 100])
  const mib = 1024 ** 2
  expect(valueTicks(3.5 * mib, 'bytes/s')).toEqual([0, mib, 2 * mib, 3 * mib, 4 * mib])
  expect(valueTicks(900 * 4 * 1024, 'bytes/s')).toEqual([0, mib, 2 * mib, 3 * mib, 4 * mib])
  expect(valueTicks(0, 'bytes/s').at(-1)).toBeGreaterThanOrEqual(1024)
  for (const highest of [0.3, 1, 9, 99, 1_001, 54_321, 3e9])
    for (const unit of ['ops/s', 'bytes/s'] as const) {
      const ticks = valueTicks(highest, unit)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest)
    }
})

it('puts round moments on the axis', () => {
  const from = new Date(2026, 0, 1, 12, 3).getTime()
  const ticks = timeTicks(from, from + 3_600_000, 7)
  expect(ticks.length).toBeLessThanOrEqual(7)
  expect(ticks.length).toBeGreaterThanOrEqual(3)
  for (const tick of ticks) expect(new Date(tick).getMinutes() % 10).toBe(0)
})

it('leaves gaps open and shows a lone point', () => {
  const path = linePath(
    [1, 2, null, 3, null, 4, 5],
    (index) => index,
    (value) => value,
  )
  expect(path).toBe('M0.0 1.0L1.0 2.0M3.0 3.0h1M5.0 4.0L6.0 5.0')
})

it('says what a series was', () => {
  expect(summarise([1, null, 3])).toEqual({ last: 3, mean: 2, highest: 3 })
  expect(summarise([1, 3], [9, 4])).toEqual({ last: 3, mean: 2, highest: 9 })
  expect(summarise([null, null])).toBeNull()
})
