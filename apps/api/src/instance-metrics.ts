import { authenticate, requestContext } from '@nephos/api'
import { exposition, gatherCounters, type OpenServices } from '@nephos/core'
import { Hono } from 'hono'
import { answerError } from './errors.ts'
import type { ApiEnv } from './request.ts'

/**
 * GET /metrics/instances: what every host counts of itself and its instances, gathered when it is asked for, in the
 * text format of Prometheus. It needs an administrator's token.
 */
export function instanceMetricsFace(services: OpenServices): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.get('/', async (c) => {
    c.set('route', '/metrics/instances')
    const { headers } = c.req.raw
    const { actor } = await authenticate({ services, method: 'GET', headers, face: 'token' })
    const ctx = requestContext({
      services,
      actor,
      requestId: c.get('requestId'),
      address: c.get('address'),
      userAgent: headers.get('user-agent') ?? '',
    })
    const text = exposition(await gatherCounters(ctx))
    return c.body(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
  })
  app.onError((error, c) => answerError(c, error, services.log))
  return app
}
