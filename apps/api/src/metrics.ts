import type { OpenServices } from '@nephos/core'
import type { MiddlewareHandler } from 'hono'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ApiEnv } from './request.ts'

/** What the API process measures. */
export interface ApiMetrics {
  registry: Registry
  /** Measures every request under the route that its handler has set. */
  measure: MiddlewareHandler<ApiEnv>
}

/** Makes the metrics of one API process. The gauges ask when they are read. */
export function apiMetrics({ db, queue }: Pick<OpenServices, 'db' | 'queue'>): ApiMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'nephos_' })
  const registers = [registry]
  const duration = new Histogram({
    name: 'nephos_http_request_duration_seconds',
    help: 'Time until an answer was ready, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  })
  new Gauge({
    name: 'nephos_outbox_rows',
    help: 'Messages that wait to be published; NaN while the database cannot be asked.',
    registers,
    async collect() {
      this.set(await db.outbox.count().catch(() => Number.NaN))
    },
  })
  new Gauge({
    name: 'nephos_bus_connected',
    help: '1 while NATS can be used, otherwise 0.',
    registers,
    collect() {
      this.set(queue.status().state === 'connected' ? 1 : 0)
    },
  })
  const measure: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const start = performance.now()
    await next()
    duration.observe(
      { method: c.req.method, route: c.get('route'), status: c.res.status },
      (performance.now() - start) / 1000,
    )
  }
  return { registry, measure }
}
