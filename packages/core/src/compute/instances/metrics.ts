import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { type MetricPlot, metricRange, readPlot } from '../metrics/read.ts'
import { type InstanceSeries, instanceSeries } from '../metrics/series.ts'
import { findInstance } from './find.ts'

/** What an instance used, at equal steps, with what it has. */
export interface InstanceMetrics extends MetricPlot<InstanceSeries> {
  vcpus: number
  /** Memory of its flavor, in bytes. */
  memoryBytes: number
}

/**
 * Measurements of the last hour, six hours or day, at most 360 points each: what is stored, and from its host the last
 * minutes. Nothing is made up: where nothing was measured there is null. @throws NephosError not_found
 */
export const instanceMetrics = defineVerb({
  name: 'compute.instances.metrics',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.uuid(), range: metricRange }),
  run: async ({ ctx, input: { id, range } }): Promise<InstanceMetrics> => {
    const record = await findInstance(ctx, id)
    const plot = await readPlot(ctx, { id, hostName: record.host?.name ?? null }, instanceSeries, range)
    return { ...plot, vcpus: record.vcpus, memoryBytes: record.ramMib * 1024 ** 2 }
  },
})
