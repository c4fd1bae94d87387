import { expect, it } from 'vitest'
import { appendSample, appendSpark, type GrowingPlot } from './append.ts'

const from = Date.UTC(2026, 0, 1)
const plot = (cpu: (number | null)[], range: GrowingPlot['range'] = '1h'): GrowingPlot => ({
  range,
  from: new Date(from),
  stepSeconds: 10,
  series: { cpu, load: cpu.map(() => null) },
})

it('puts a measurement into its point', () => {
  const grown = appendSample(plot([1, 2, null]), from + 25_000, [3, 9])
  expect(grown).toMatchObject({ from: new Date(from), series: { cpu: [1, 2, 3], load: [null, null, 9] } })
})

it('moves on in time', () => {
  const grown = appendSample(plot([1, 2, 3]), from + 30_000, [4, null])
  expect(grown).toMatchObject({ from: new Date(from + 10_000), series: { cpu: [2, 3, 4] } })
})

it('bridges a look that came late, and leaves a real gap open', () => {
  expect(appendSample(plot([1, null, null, null]), from + 20_000, [5])).toMatchObject({
    series: { cpu: [1, 5, 5, null] },
  })
  expect(appendSample(plot([1, 2, 3, 4]), from + 60_000, [5])).toMatchObject({
    series: { cpu: [4, 5, 5, 5] },
  })
  expect(appendSample(plot([1, 2, 3, 4]), from + 70_000, [5])).toMatchObject({
    series: { cpu: [null, null, null, 5] },
  })
  expect(appendSample(plot([1, 2]), from + 9_000_000, [5])).toMatchObject({ series: { cpu: [null, 5] } })
})

it('asks for hours and days again when a point of theirs is over, and ignores the past', () => {
  const day = plot([1, 2, 3], '24h')
  expect(appendSample(day, from + 25_000, [9])).toBe(day)
  expect(appendSample(day, from + 35_000, [9])).toBe('read-again')
  const hour = plot([1])
  expect(appendSample(hour, from - 1, [9])).toBe(hour)
})

it('keeps a sparkline of minutes', () => {
  const state = { minute: 0, count: 0 }
  const minute = 60_000
  const first = appendSpark({ cpu: [1, 2], memoryUsed: 5 }, 10 * minute, 4, state)
  expect(first).toEqual({ cpu: [1, 3], memoryUsed: 5 })
  const second = appendSpark(first, 10 * minute + 10_000, 6, state)
  expect(second.cpu).toEqual([1, 4])
  expect(appendSpark(second, 11 * minute, 8, state).cpu).toEqual([4, 8])
  expect(appendSpark(undefined, minute, 7, { minute: 0, count: 0 }).cpu.at(-1)).toBe(7)
})
