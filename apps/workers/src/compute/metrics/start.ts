import type { OpenServices } from '@nephos/core'
import { exposition } from '@nephos/core'
import { metricsSubject, type RequestHandlers } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { countersOf } from './counters.ts'
import { MetricsSampler } from './sampler.ts'

/** The measurements of a host while its worker runs. */
export interface RunningMetrics {
  /** Answers to live questions. */
  handlers: Pick<
    RequestHandlers,
    'metrics.recent' | 'metrics.summary' | 'metrics.follow' | 'metrics.counters'
  >
  /** All series of this host in the text format of Prometheus. */
  exposition: () => string
  stop: () => Promise<void>
}

const textEncoder = new TextEncoder()
/** Timers may fire a little early; the look must fall into its own slot. */
const settleMs = 200

/**
 * Measures every `metrics_interval` seconds, at whole multiples of them, and writes once a minute. With an interval of
 * 0 nothing is measured, and every question finds nothing.
 */
export function startMetrics(deps: ComputeDeps & { services: OpenServices; hostId: string }): RunningMetrics {
  const { services, driver, hostName, hostId, log } = deps
  const intervalMs = services.config.metricsInterval * 1_000
  const sampler = new MetricsSampler({
    services,
    driver,
    hostName,
    hostId,
    log,
    intervalMs: Math.max(1_000, intervalMs),
    publish: (samples) =>
      services.queue.bus
        .now()
        ?.nc.publish(metricsSubject(hostName), textEncoder.encode(JSON.stringify(samples))),
  })
  const ending = new AbortController()
  const running = intervalMs > 0 ? run(sampler, intervalMs, deps.log, ending.signal) : Promise.resolve()
  return {
    handlers: {
      'metrics.recent': async ({ id }) => ({ blocks: sampler.recent(id) }),
      'metrics.summary': async ({ ids }) => ({ resources: sampler.summary(ids) }),
      'metrics.follow': async ({ ids }) => {
        sampler.follow(ids)
        return {}
      },
      'metrics.counters': async ({ after, limit }) => countersOf(sampler, after, limit),
    },
    exposition: () => exposition([{ hostName, counters: countersOf(sampler, '', Number.POSITIVE_INFINITY) }]),
    stop: async () => {
      ending.abort()
      await running
      if (intervalMs > 0) await sampler.flush(Date.now(), true)
    },
  }
}

async function run(
  sampler: MetricsSampler,
  intervalMs: number,
  log: ComputeDeps['log'],
  signal: AbortSignal,
): Promise<void> {
  await sampler.restore().catch((error: unknown) => log.warn({ err: error }, 'old measurements are not read'))
  let minute = Math.floor(Date.now() / 60_000)
  while (!signal.aborted) {
    await sampler.look().catch((error: unknown) => log.warn({ err: error }, 'a look at the machines failed'))
    const now = Date.now()
    if (Math.floor(now / 60_000) > minute) {
      minute = Math.floor(now / 60_000)
      await sampler.flush(now)
    }
    const next = (Math.floor(Date.now() / intervalMs) + 1) * intervalMs + settleMs
    await pause(next - Date.now(), signal)
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
