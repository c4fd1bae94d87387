import { NephosError, type OpenServices } from '@nephos/core'
import { Hono } from 'hono'
import { answerError } from './errors.ts'
import { checkHealth } from './health.ts'
import { hostFiles } from './host-files.ts'
import { imageFiles } from './image-files.ts'
import { instanceMetricsFace } from './instance-metrics.ts'
import { type ApiMetrics, apiMetrics } from './metrics.ts'
import { type ApiEnv, identify } from './request.ts'
import { trpcFace } from './trpc.ts'

/** Everything that the API process answers. */
export interface ApiApps {
  /** The whole API, for the TCP port. */
  api: Hono<ApiEnv>
  /** /healthz and /metrics alone, for the unix socket. */
  probes: Hono<ApiEnv>
}

/** Makes the HTTP API over the services. */
export function createApps(services: OpenServices): ApiApps {
  const metrics = apiMetrics(services)
  const api = new Hono<ApiEnv>()
  api.use(identify, metrics.measure)
  addProbes(api, services, metrics)
  api.route('/trpc', trpcFace(services))
  api.route('/image/v2/images', imageFiles(services))
  api.route('/hosts', hostFiles(services))
  api.route('/metrics/instances', instanceMetricsFace(services))
  api.notFound((c) =>
    answerError(
      c,
      new NephosError('not_found', `There is nothing at ${c.req.path}.`, {
        remedy: 'docs/api.md lists what there is.',
      }),
      services.log,
    ),
  )
  api.onError((error, c) => answerError(c, error, services.log))

  const probes = new Hono<ApiEnv>()
  addProbes(probes, services, metrics)
  return { api, probes }
}

function addProbes(app: Hono<ApiEnv>, services: OpenServices, { registry }: ApiMetrics): void {
  app.get('/healthz', async (c) => {
    c.set('route', '/healthz')
    const health = await checkHealth(services)
    return c.json(health, health.status === 'down' ? 503 : 200)
  })
  app.get('/metrics', async (c) => {
    c.set('route', '/metrics')
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType })
  })
}
