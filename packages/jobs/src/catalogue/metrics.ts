import { z } from 'zod'
import { hostToken } from './jobs.ts'

const counter = z.number().nullable()
const disk = { diskReadBytes: counter, diskWriteBytes: counter }
const bytes = { rxBytes: z.number(), txBytes: z.number(), rxPackets: z.number(), txPackets: z.number() }

const hostCounters = z.object({
  cpuSeconds: counter,
  cpus: z.number(),
  load: counter,
  memoryUsed: counter,
  memoryTotal: counter,
  diskUsed: counter,
  diskTotal: counter,
  ...disk,
  netRxBytes: counter,
  netTxBytes: counter,
})

const instanceCounters = z.object({
  id: z.string(),
  projectId: z.string(),
  name: z.string(),
  /** For each vCPU. */
  cpuSeconds: z.array(z.number()),
  memoryUsed: counter,
  memoryResident: counter,
  memoryTotal: counter,
  ...disk,
  diskReadOps: counter,
  diskWriteOps: counter,
  ports: z.array(z.object({ id: z.string(), ...bytes })),
})

/** What a host counts of itself (null before its first look) and of its running instances, since each began. */
export interface MetricCounters {
  host: z.infer<typeof hostCounters> | null
  instances: z.infer<typeof instanceCounters>[]
}

const ids = z.array(z.uuid()).max(100)
const percents = z.array(z.number().nullable())

/** Live questions about measurements. All are answered from memory. */
export const metricRequests = {
  /** What the host holds of one instance, or of itself, as sampled: packed blocks, oldest first. */
  'metrics.recent': {
    role: 'compute',
    input: z.object({ id: z.uuid() }),
    output: z.object({ blocks: z.array(z.object({ startsAt: z.number(), data: z.base64() })) }),
    timeoutMs: 2_000,
  },
  /** What lists show: the last half hour by the minute. Those of which nothing is known are left out. */
  'metrics.summary': {
    role: 'compute',
    input: z.object({ ids }),
    output: z.object({
      resources: z.record(z.string(), z.object({ cpu: percents, memoryUsed: z.number().nullable() })),
    }),
    timeoutMs: 2_000,
  },
  /** Publish new measurements of these on `metricsSubject(host)` for the next 30 seconds; ask again to go on. */
  'metrics.follow': {
    role: 'compute',
    input: z.object({ ids }),
    output: z.object({}),
    timeoutMs: 2_000,
  },
  /** Counters of the host and of its instances in the order of their ids, those behind `after`. */
  'metrics.counters': {
    role: 'compute',
    input: z.object({ after: z.string(), limit: z.number().int().min(1).max(1_000) }),
    output: z.object({
      host: hostCounters.nullable(),
      instances: z.array(instanceCounters),
      /** Ask again behind this one; null at the end. */
      next: z.string().nullable(),
    }),
    timeoutMs: 5_000,
  },
} as const

/** Core NATS subject on which a host publishes new measurements while somebody follows them. */
export const metricsSubject = (host: string): string => `live.metrics.${hostToken(host)}`
