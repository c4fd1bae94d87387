import { type Block, blockMs, coarseStepMs, emptyBlock } from './block.ts'

/** Points of one series: means, and the highest value within each point. NaN where nothing is known. */
export interface Folded {
  mean: Float64Array
  max: Float64Array
}

/** Equal steps on which a plot has its points. */
export interface Grid {
  /** Moment of the first point's beginning, in ms. */
  from: number
  stepMs: number
  points: number
}

/**
 * Brings blocks as sampled to a grid: the mean and the highest of what falls into each point.
 * @param series how many there are
 */
export function foldFine(blocks: readonly Block[], grid: Grid, series: number): Folded[] {
  const folded = emptyFolded(grid, series)
  const counts = Array.from({ length: series }, () => new Uint32Array(grid.points))
  for (const block of blocks)
    for (let index = 0; index < Math.min(series, block.columns.length); index++) {
      const column = block.columns[index]!
      const { mean, max } = folded[index]!
      const count = counts[index]!
      for (let slot = 0; slot < block.slots; slot++) {
        const value = column[slot]!
        const point = Math.floor((block.startsAt + slot * block.stepMs - grid.from) / grid.stepMs)
        if (Number.isNaN(value) || point < 0 || point >= grid.points) continue
        const before = count[point]!++
        mean[point] = before === 0 ? value : mean[point]! + (value - mean[point]!) / (before + 1)
        max[point] = before === 0 ? value : Math.max(max[point]!, value)
      }
    }
  return folded
}

/** The hour that begins at `startsAt` as means and maxima of its minutes; null when nothing is known of it. */
export function coarseBlock(fine: readonly Block[], startsAt: number, series: number): Block | null {
  const grid = { from: startsAt, stepMs: coarseStepMs, points: blockMs[1] / coarseStepMs }
  const folded = foldFine(fine, grid, series)
  if (folded.every(({ mean }) => mean.every(Number.isNaN))) return null
  const block = emptyBlock(startsAt, coarseStepMs, 1, series)
  folded.forEach(({ mean, max }, index) => {
    block.columns[index]!.set(mean)
    block.columns[series + index]!.set(max)
  })
  return block
}

/**
 * Brings everything that is known to a grid of whole minutes. A minute that is known as sampled counts as that; where
 * two hosts have a part of the same minute, either is as good.
 */
export function foldMinutes(
  fine: readonly Block[],
  coarse: readonly Block[],
  grid: Grid,
  series: number,
): Folded[] {
  const perPoint = grid.stepMs / coarseStepMs
  const minutes = { from: grid.from, stepMs: coarseStepMs, points: grid.points * perPoint }
  const known = foldFine(fine, minutes, series)
  for (const block of coarse) {
    // A series that was added later is not in old blocks.
    const stored = block.columns.length / 2
    for (let index = 0; index < Math.min(series, stored); index++)
      for (let slot = 0; slot < block.slots; slot++) {
        const minute = Math.floor((block.startsAt + slot * block.stepMs - minutes.from) / coarseStepMs)
        const { mean, max } = known[index]!
        if (minute < 0 || minute >= minutes.points || !Number.isNaN(mean[minute]!)) continue
        mean[minute] = block.columns[index]![slot]!
        max[minute] = block.columns[stored + index]![slot]!
      }
  }
  return perPoint === 1 ? known : known.map((minute) => thin(minute, grid, perPoint))
}

function thin({ mean, max }: Folded, grid: Grid, perPoint: number): Folded {
  const [thinned] = emptyFolded(grid, 1) as [Folded]
  for (let point = 0; point < grid.points; point++) {
    let [sum, count, highest] = [0, 0, Number.NaN]
    for (let minute = point * perPoint; minute < (point + 1) * perPoint; minute++) {
      if (Number.isNaN(mean[minute]!)) continue
      sum += mean[minute]!
      highest = count === 0 ? max[minute]! : Math.max(highest, max[minute]!)
      count++
    }
    if (count === 0) continue
    thinned.mean[point] = sum / count
    thinned.max[point] = highest
  }
  return thinned
}

const emptyFolded = ({ points }: Grid, series: number): Folded[] =>
  Array.from({ length: series }, () => ({
    mean: new Float64Array(points).fill(Number.NaN),
    max: new Float64Array(points).fill(Number.NaN),
  }))
