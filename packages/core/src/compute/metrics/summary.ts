import { type Ctx, NephosError } from '../../kernel/index.ts'
import { idsByHost } from './by-host.ts'

/** What a list shows of one resource. */
export interface MetricSummary {
  /** Percent, one value a minute, the newest last; null where nothing was measured. */
  cpu: (number | null)[]
  /** Bytes in use now; null when it does not run. */
  memoryUsed: number | null
}

/** What a list shows, by id. Those of which nothing is known are left out. */
export type MetricSummaries = Record<string, MetricSummary>

/** Asks each host once, all at the same time. A host that does not answer leaves its own out. */
export async function askSummaries(
  ctx: Ctx,
  resources: readonly { id: string; hostName: string | null }[],
): Promise<MetricSummaries> {
  const answers = await Promise.all(
    [...idsByHost(resources)].map(async ([host, ids]) => {
      try {
        return (await ctx.ask(host, 'metrics.summary', { ids })).resources
      } catch (error) {
        if (error instanceof NephosError) return {}
        throw error
      }
    }),
  )
  return Object.assign({}, ...answers)
}
