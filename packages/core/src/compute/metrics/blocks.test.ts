import { expect, it } from 'vitest'
import { type Block, blockMs, coarseStepMs, emptyBlock, packBlock, unpackBlock } from './block.ts'
import { coarseBlock, foldFine, foldMinutes } from './fold.ts'
import { gridOf } from './read.ts'

const start = Date.UTC(2026, 0, 1)
const step = 10_000
const series = 11

/** A quarter of an hour of something that changes, without two equal columns. */
function busy(startsAt = start): Block {
  const block = emptyBlock(startsAt, step, 0, series)
  block.columns.forEach((column, index) => {
    for (let slot = 0; slot < block.slots; slot++)
      column[slot] = (index + 1) * 1_000 * (1.1 + Math.sin(slot * (index + 1) * 0.7))
  })
  return block
}

it('packs and unpacks within three hundredths of a percent, and keeps gaps', () => {
  const block = busy()
  block.columns[3]!.fill(Number.NaN, 10, 20)
  const packed = packBlock(block)
  const again = unpackBlock(start, packed)!
  expect(again).toMatchObject({ startsAt: start, stepMs: step, slots: 90 })
  for (const [index, column] of block.columns.entries())
    for (const [slot, value] of column.entries()) {
      const kept = again.columns[index]![slot]!
      if (Number.isNaN(value)) expect(kept).toBeNaN()
      else expect(Math.abs(kept - value)).toBeLessThanOrEqual(Math.abs(value) * 0.0003)
    }
})

it('is small: an idle quarter under 200 bytes, a busy one under 3 KiB, a busy hour of minutes under 5 KiB', () => {
  const idle = emptyBlock(start, step, 0, series)
  for (const column of idle.columns) column.fill(0.4)
  expect(packBlock(idle).length).toBeLessThan(200)
  expect(packBlock(busy()).length).toBeLessThan(3 * 1024)
  const quarters = [0, 1, 2, 3].map((index) => busy(start + index * blockMs[0]))
  expect(packBlock(coarseBlock(quarters, start, series)!).length).toBeLessThan(5 * 1024)
})

it('refuses what is broken or of another version', () => {
  const packed = packBlock(busy())
  expect(unpackBlock(start, packed.subarray(0, 40))).toBeNull()
  expect(unpackBlock(start, new Uint8Array([2, 1, 0, 1, 0, 0, 0, 1, 0]))).toBeNull()
  expect(unpackBlock(start, new Uint8Array(0))).toBeNull()
})

it('folds samples into points: mean and highest, null where there is none', () => {
  const block = emptyBlock(start, step, 0, 1)
  block.columns[0]!.set([1, 2, 9, Number.NaN, Number.NaN, Number.NaN, 4])
  const [folded] = foldFine([block], { from: start - 30_000, stepMs: 30_000, points: 4 }, 1)
  expect([...folded!.mean]).toEqual([Number.NaN, 4, Number.NaN, 4])
  expect([...folded!.max]).toEqual([Number.NaN, 9, Number.NaN, 4])
})

it('joins hours of minutes with what is only known as sampled', () => {
  const coarse = emptyBlock(start, coarseStepMs, 1, 1)
  coarse.columns[0]!.fill(10, 0, 8)
  coarse.columns[1]!.fill(50, 0, 8)
  const fine = emptyBlock(start, step, 0, 1)
  fine.columns[0]!.fill(20, 42, 66)
  const [folded] = foldMinutes([fine], [coarse], { from: start, stepMs: 240_000, points: 3 }, 1)
  expect([...folded!.mean]).toEqual([10, 12.5, 20])
  expect([...folded!.max]).toEqual([50, 50, 20])
})

it('reads blocks of a time when there were fewer series', () => {
  const old = emptyBlock(start, coarseStepMs, 1, 1)
  old.columns[0]!.fill(3)
  old.columns[1]!.fill(4)
  const folded = foldMinutes([], [old], { from: start, stepMs: 60_000, points: 1 }, 2)
  expect(folded.map(({ mean, max }) => [mean[0], max[0]])).toEqual([
    [3, 4],
    [Number.NaN, Number.NaN],
  ])
})

it('gives at most 360 points that end now, on whole steps', () => {
  const now = start + 12_345
  for (const [range, hours, stepMs] of [
    ['1h', 1, 10_000],
    ['6h', 6, 60_000],
    ['24h', 24, 240_000],
  ] as const) {
    const grid = gridOf(range, now, 10_000)
    expect(grid).toMatchObject({ stepMs, points: 360 })
    expect(grid.from % stepMs).toBe(0)
    expect(grid.from + grid.points * stepMs).toBeGreaterThan(now)
    expect(now - grid.from).toBeGreaterThan((hours * 3_600_000 * 359) / 360)
  }
  expect(gridOf('1h', now, 60_000)).toMatchObject({ stepMs: 60_000, points: 60 })
})
