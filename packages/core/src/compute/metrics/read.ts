import { z } from 'zod'
import { type Ctx, NephosError, reader } from '../../kernel/index.ts'
import { type Block, keepMs, type Tier, unpackBlock } from './block.ts'
import { type Folded, foldFine, foldMinutes, type Grid } from './fold.ts'

/** How far back a plot reaches. */
export const metricRange = z.enum(['1h', '6h', '24h']).default('1h')
export type MetricRange = z.output<typeof metricRange>

/** Measurements of one resource, at equal steps. */
export interface MetricPlot<Series extends string> {
  range: MetricRange
  /** Beginning of the first point. */
  from: Date
  /** Length of a point, in seconds. */
  stepSeconds: number
  /** One value for each point; null where nothing was measured. */
  series: Record<Series, (number | null)[]>
  /** The highest value within each point; null where a point is one sample. */
  peaks: Record<Series, (number | null)[]> | null
  /** False when the host did not answer: the last minutes are missing. */
  current: boolean
}

const hours: Record<MetricRange, number> = { '1h': 1, '6h': 6, '24h': 24 }
const hourMs = 3_600_000
const mostPoints = 360

/** The grid of a range that ends now: at most 360 points, on whole steps, so that two looks have the same points. */
export function gridOf(range: MetricRange, now: number, sampleMs: number): Grid {
  const width = hours[range] * hourMs
  const finest = range === '1h' ? sampleMs : 60_000
  const stepMs = Math.max(finest, width / mostPoints)
  const points = Math.floor(width / stepMs)
  return { from: (Math.floor(now / stepMs) - points + 1) * stepMs, stepMs, points }
}

/**
 * Reads what is stored and what its host still holds in memory, and brings it to the grid of the range.
 * @param hostName where it is now; null when it is nowhere
 */
export async function readPlot<Series extends string>(
  ctx: Ctx,
  resource: { id: string; hostName: string | null },
  names: readonly Series[],
  range: MetricRange,
  now = Date.now(),
): Promise<MetricPlot<Series>> {
  const [stored, live] = await Promise.all([
    readStored(ctx, resource.id, range, now),
    resource.hostName ? readLive(ctx, resource.hostName, resource.id) : { blocks: [], answered: true },
  ])
  const fine = merged([...stored.filter(({ tier }) => tier === 0).map(({ block }) => block), ...live.blocks])
  const coarse = stored.filter(({ tier }) => tier === 1).map(({ block }) => block)
  const sampleMs = Math.max(ctx.config.metricsInterval * 1000, ...fine.map(({ stepMs }) => stepMs), 1_000)
  const grid = gridOf(range, now, sampleMs)
  const folded =
    range === '1h' ? foldFine(fine, grid, names.length) : foldMinutes(fine, coarse, grid, names.length)
  return {
    range,
    from: new Date(grid.from),
    stepSeconds: grid.stepMs / 1000,
    series: named(names, folded, 'mean'),
    peaks: range === '1h' ? null : named(names, folded, 'max'),
    current: live.answered,
  }
}

/** Of blocks of the same beginning and step, as memory and database both have them, one that knows what either knows. */
function merged(blocks: readonly Block[]): Block[] {
  const wholes = new Map<string, Block>()
  for (const block of blocks) {
    const key = `${block.startsAt} ${block.stepMs} ${block.columns.length}`
    const known = wholes.get(key)
    if (!known) {
      wholes.set(key, { ...block, columns: block.columns.map((column) => column.slice()) })
      continue
    }
    block.columns.forEach((column, index) => {
      const into = known.columns[index]!
      for (let slot = 0; slot < column.length; slot++)
        if (!Number.isNaN(column[slot]!)) into[slot] = column[slot]!
    })
  }
  return [...wholes.values()]
}

async function readStored(
  ctx: Ctx,
  resourceId: string,
  range: MetricRange,
  now: number,
): Promise<{ tier: Tier; block: Block }[]> {
  const since = (tier: Tier) => new Date(now - Math.min(hours[range] * hourMs, keepMs[tier]) - hourMs)
  const rows = await reader(ctx).metricBlock.findMany({
    where: {
      resourceId,
      OR: [
        { tier: 0, startsAt: { gte: since(0) } },
        ...(range === '1h' ? [] : [{ tier: 1, startsAt: { gte: since(1) } }]),
      ],
    },
    select: { tier: true, startsAt: true, data: true },
    orderBy: { startsAt: 'asc' },
  })
  return rows.flatMap(({ tier, startsAt, data }) => {
    const block = unpackBlock(startsAt.getTime(), data)
    return block ? [{ tier: tier === 0 ? 0 : 1, block }] : []
  })
}

async function readLive(ctx: Ctx, host: string, id: string): Promise<{ blocks: Block[]; answered: boolean }> {
  try {
    const { blocks } = await ctx.ask(host, 'metrics.recent', { id })
    return {
      blocks: blocks.flatMap(({ startsAt, data }) => {
        const block = unpackBlock(startsAt, Buffer.from(data, 'base64'))
        return block ? [block] : []
      }),
      answered: true,
    }
  } catch (error) {
    if (error instanceof NephosError) return { blocks: [], answered: false }
    throw error
  }
}

const named = <Series extends string>(
  names: readonly Series[],
  folded: readonly Folded[],
  part: keyof Folded,
): Record<Series, (number | null)[]> =>
  Object.fromEntries(names.map((name, index) => [name, rounded(folded[index]![part])])) as Record<
    Series,
    (number | null)[]
  >

/** Four digits are more than a plot can show, and travel in half the bytes. */
const rounded = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : Number(value.toPrecision(4))))
