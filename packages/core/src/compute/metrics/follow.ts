import { metricsSubject } from '@nephos/jobs'
import { z } from 'zod'
import { authorise, type Ctx, NephosError, type OpenServices, reader } from '../../kernel/index.ts'
import { visibleInstances } from '../instances/find.ts'
import { idsByHost } from './by-host.ts'

/** New measurements of some resources, as their host publishes them while somebody looks. */
export interface MetricSamples {
  /** Milliseconds since 1970. */
  at: number
  /** Values in the order of `instanceSeries` or `hostSeries`. */
  values: Record<string, (number | null)[]>
}

/** Whose measurements are followed: the visible ones of these, and the hosts that measure them. */
export interface Followed {
  ids: Set<string>
  hostNames: string[]
}

/**
 * Asks the hosts of these instances (and, for administrators, hosts) to publish new measurements for the next 30
 * seconds; ask again to go on. What the actor cannot see is left out, and hosts that do not answer are asked again then.
 * @throws NephosError forbidden when hosts are asked for without being an administrator
 */
export async function followMetrics(
  ctx: Ctx,
  { instanceIds, hostIds }: { instanceIds: readonly string[]; hostIds: readonly string[] },
): Promise<Followed> {
  authorise(ctx, 'compute.instances.metrics', { scope: 'project', role: 'reader' })
  if (hostIds.length > 0) authorise(ctx, 'compute.hosts.metrics', { scope: 'system', role: 'admin' })
  const [instances, hosts] = await Promise.all([
    instanceIds.length === 0
      ? []
      : reader(ctx).instance.findMany({
          where: { id: { in: [...instanceIds] }, hostId: { not: null }, ...visibleInstances(ctx) },
          select: { id: true, host: { select: { name: true } } },
        }),
    hostIds.length === 0
      ? []
      : reader(ctx).host.findMany({ where: { id: { in: [...hostIds] } }, select: { id: true, name: true } }),
  ])
  const byHost = idsByHost([
    ...instances.map(({ id, host }) => ({ id, hostName: host?.name ?? null })),
    ...hosts.map(({ id, name }) => ({ id, hostName: name })),
  ])
  await Promise.all(
    [...byHost].map(([host, ids]) =>
      ctx.ask(host, 'metrics.follow', { ids }).catch((error: unknown) => {
        if (!(error instanceof NephosError)) throw error
      }),
    ),
  )
  return { ids: new Set([...byHost.values()].flat()), hostNames: [...byHost.keys()] }
}

const samplesSchema = z.object({
  at: z.number(),
  values: z.record(z.string(), z.array(z.number().nullable())),
})

/** Hears what a host publishes. Undefined while the queue is away. @returns a function that ends it */
export function onMetricSamples(
  { queue }: Pick<OpenServices, 'queue'>,
  hostName: string,
  listener: (samples: MetricSamples) => void,
): (() => void) | undefined {
  const subscription = queue.bus.now()?.nc.subscribe(metricsSubject(hostName), {
    callback: (error, message) => {
      const parsed = error ? undefined : samplesSchema.safeParse(message.json())
      if (parsed?.success) listener(parsed.data)
    },
  })
  return subscription && (() => subscription.unsubscribe())
}
