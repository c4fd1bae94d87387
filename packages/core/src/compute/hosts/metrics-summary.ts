import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { askSummaries, type MetricSummaries } from '../metrics/summary.ts'

/** The last half hour of a page of hosts: one query, and one request for each. Hosts that do not answer are left out. */
export const hostMetricsSummary = defineVerb({
  name: 'compute.hosts.metricsSummary',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ ids: z.array(z.uuid()).min(1).max(100) }),
  run: async ({ ctx, input: { ids } }): Promise<MetricSummaries> => {
    const hosts = await reader(ctx).host.findMany({
      where: { id: { in: ids } },
      select: { id: true, name: true },
    })
    return askSummaries(
      ctx,
      hosts.map(({ id, name }) => ({ id, hostName: name })),
    )
  },
})
