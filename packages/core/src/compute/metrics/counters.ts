import type { MetricCounters } from '@nephos/jobs'
import { authorise, type Ctx, NephosError, reader } from '../../kernel/index.ts'

/** Counters of one host, or that it did not answer. */
export interface HostCounters {
  hostName: string
  counters: MetricCounters | null
}

const perAnswer = 1_000

/**
 * What every host counts of itself and its instances, gathered from all hosts now. Hosts that do not answer are told.
 * @throws NephosError forbidden for everyone but administrators
 */
export async function gatherCounters(ctx: Ctx): Promise<HostCounters[]> {
  authorise(ctx, 'compute.hosts.metrics', { scope: 'system', role: 'admin' })
  const hosts = await reader(ctx).host.findMany({ select: { name: true }, orderBy: { name: 'asc' } })
  return Promise.all(
    hosts.map(async ({ name: hostName }) => {
      try {
        return { hostName, counters: await askCounters(ctx, hostName) }
      } catch (error) {
        if (error instanceof NephosError) return { hostName, counters: null }
        throw error
      }
    }),
  )
}

async function askCounters(ctx: Ctx, hostName: string): Promise<MetricCounters> {
  const instances: MetricCounters['instances'] = []
  for (let after = ''; ; ) {
    const { next, ...answer } = await ctx.ask(hostName, 'metrics.counters', { after, limit: perAnswer })
    instances.push(...answer.instances)
    if (!next) return { host: answer.host, instances }
    after = next
  }
}
