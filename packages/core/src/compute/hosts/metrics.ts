import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { type MetricPlot, metricRange, readPlot } from '../metrics/read.ts'
import { type HostSeries, hostSeries } from '../metrics/series.ts'

/** What a host used, at equal steps, with what it has. */
export interface HostMetrics extends MetricPlot<HostSeries> {
  vcpus: number
  /** In bytes. */
  memoryBytes: number
  /** In bytes. */
  diskBytes: number
}

/** Measurements of a host over the last hour, six hours or day, at most 360 points each. @throws NephosError not_found */
export const hostMetrics = defineVerb({
  name: 'compute.hosts.metrics',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), range: metricRange }),
  run: async ({ ctx, input: { id, range } }): Promise<HostMetrics> => {
    const host = await reader(ctx).host.findUnique({
      where: { id },
      select: { name: true, vcpus: true, ramMib: true, diskGib: true },
    })
    if (!host) throw notFound('host', id)
    return {
      ...(await readPlot(ctx, { id, hostName: host.name }, hostSeries, range)),
      vcpus: host.vcpus,
      memoryBytes: host.ramMib * 1024 ** 2,
      diskBytes: host.diskGib * 1024 ** 3,
    }
  },
})
