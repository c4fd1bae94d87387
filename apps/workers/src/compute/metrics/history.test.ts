import { type Block, blockMs, keepMs } from '@nephos/core'
import { expect, it } from 'vitest'
import { History } from './history.ts'

const step = 10_000
const hour = blockMs[1]
/** A whole hour. */
const start = Date.UTC(2026, 0, 1, 12)
const valuesOf = (block: Block | undefined, slots: number) => [...(block?.columns[0]?.slice(0, slots) ?? [])]

it('puts each look into its slot, and bridges a look that came late but no longer gap', () => {
  const history = new History(1, step)
  history.add(start + 200, [1])
  history.add(start + step + 300, [2])
  history.add(start + 3 * step + 200, [3])
  history.add(start + 8 * step, [4])
  const nan = Number.NaN
  expect(valuesOf(history.blocks()[0], 9)).toEqual([1, 2, 3, 3, nan, nan, nan, nan, 4])
})

it('gives what has grown once, and again when it could not be written', () => {
  const history = new History(1, step)
  history.add(start, [1])
  const taken = history.take(start + step)
  expect(taken).toHaveLength(1)
  expect(history.take(start + step)).toEqual([])
  history.giveBack(taken)
  expect(history.take(start + step)).toEqual(taken)
})

it('gives the minutes of an hour when it is over: means and maxima', () => {
  const history = new History(1, step)
  for (let at = start; at < start + hour; at += step)
    history.add(at, [at < start + 60_000 ? (at - start) / step : 7])
  expect(history.take(start + hour - 1).every(({ tier }) => tier === 0)).toBe(true)
  const coarse = history.take(start + hour).filter(({ tier }) => tier === 1)
  expect(coarse).toHaveLength(1)
  const { block } = coarse[0]!
  expect(block).toMatchObject({ startsAt: start, stepMs: 60_000, slots: 60 })
  expect([block.columns[0]![0], block.columns[1]![0], block.columns[0]![59]]).toEqual([2.5, 5, 7])
  expect(history.take(start + hour)).toEqual([])
})

it('goes on with what a former worker wrote, so that its hour is whole', () => {
  const former = new History(1, step)
  former.add(start, [1])
  const again = new History(1, step)
  for (const { block } of former.take(start + step)) again.restore(block)
  again.add(start + 5 * 60_000, [2])
  const coarse = again.take(start + hour).find(({ tier }) => tier === 1)
  expect([0, 1, 5].map((minute) => coarse!.block.columns[0]![minute])).toEqual([1, Number.NaN, 2])
  const other = new History(1, 5_000)
  other.restore(former.blocks()[0]!)
  expect(other.blocks()).toEqual([])
})

it('stays small: what is written goes after an hour and a quarter, and all of it when the database is away', () => {
  const history = new History(1, step)
  const away = new History(1, step)
  const day = 24 * hour
  for (let at = start; at < start + day; at += step) {
    history.add(at, [1])
    away.add(at, [1])
    if (at % 60_000 === 0) {
      history.take(at)
      history.prune(at)
      away.prune(at)
    }
  }
  expect(history.blocks().length).toBeLessThanOrEqual(7)
  expect(away.blocks().length).toBeLessThanOrEqual(keepMs[0] / blockMs[0] + 1)
  history.take(start + day + 3 * hour)
  expect(history.prune(start + day + 3 * hour)).toBe(false)
})

it('tells the last minutes, with null where nothing was measured', () => {
  const history = new History(1, step)
  history.add(start, [10])
  history.add(start + step, [20])
  history.add(start + 120_000, [5])
  expect(history.minutes(0, 4, start + 130_000)).toEqual([null, 15, null, 5])
})
