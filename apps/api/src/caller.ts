import { authenticate, requestContext } from '@nephos/api'
import type { Ctx, OpenServices } from '@nephos/core'
import type { Context } from 'hono'
import type { ApiEnv } from './request.ts'

/** Who asks: by token, or by the session of the dashboard. */
export async function contextOf(c: Context<ApiEnv>, services: OpenServices): Promise<Ctx> {
  const { headers } = c.req.raw
  const { actor } = await authenticate({ services, method: c.req.method, headers, face: 'either' })
  return requestContext({
    services,
    actor,
    requestId: c.get('requestId'),
    address: c.get('address'),
    userAgent: headers.get('user-agent') ?? '',
  })
}
