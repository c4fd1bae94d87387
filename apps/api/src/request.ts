import type { HttpBindings } from '@hono/node-server'
import { requestIdOf } from '@nephos/api'
import type { Context, MiddlewareHandler } from 'hono'

/** What every request carries. */
export interface ApiEnv {
  Bindings: HttpBindings
  Variables: {
    /** `req-` and a uuid, in every answer and every log line. */
    requestId: string
    /** Network address of the caller. */
    address: string
    /** What the request counts as in the metrics. */
    route: string
  }
}

const loopback = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/

/** The caller's address. A proxy on this machine is believed when it says for whom it asks. */
function addressOf(c: Context<ApiEnv>): string {
  const peer = c.env.incoming.socket.remoteAddress ?? ''
  const behind = loopback.test(peer) ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return (behind || peer).slice(0, 64)
}

/** Gives the request its id and address, and the answer its id and headers that keep browsers careful. */
export const identify: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const requestId = requestIdOf(c.req.raw.headers)
  c.set('requestId', requestId)
  c.set('address', addressOf(c))
  c.set('route', 'other')
  await next()
  const { headers } = c.res
  headers.set('x-openstack-request-id', requestId)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  headers.set('referrer-policy', 'no-referrer')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}
