import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { askSummaries, type MetricSummaries } from '../metrics/summary.ts'
import { visibleInstances } from './find.ts'

/**
 * The last half hour of a page of instances: one query and one request for each host, whatever the number of
 * instances. Those that the caller cannot see, or that do not run, are left out.
 */
export const instanceMetricsSummary = defineVerb({
  name: 'compute.instances.metricsSummary',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ ids: z.array(z.uuid()).min(1).max(100) }),
  run: async ({ ctx, input: { ids } }): Promise<MetricSummaries> => {
    const records = await reader(ctx).instance.findMany({
      where: { id: { in: ids }, ...visibleInstances(ctx) },
      select: { id: true, host: { select: { name: true } } },
    })
    return askSummaries(
      ctx,
      records.map(({ id, host }) => ({ id, hostName: host?.name ?? null })),
    )
  },
})
