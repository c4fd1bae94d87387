import {
  authenticate,
  httpStatus,
  isHttps,
  publicError,
  requestContext,
  requestIdOf,
  setSessionCookie,
  unexpected,
} from '@nephos/api'
import { type Ctx, NephosError } from '@nephos/core'
import { services } from './services.ts'

/** Header in which the process notes the address of the connection; what a client sends under it is overwritten. */
export const peerHeader = 'x-nephos-peer'

const loopback = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/

/** The caller's address. A proxy on this machine is believed when it says for whom it asks. */
export function addressOf(headers: Headers): string {
  const peer = headers.get(peerHeader) ?? ''
  const behind = loopback.test(peer) ? headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return (behind || peer).slice(0, 64)
}

/** The context of a request to one of our own routes, and the headers its answer must carry. */
export async function contextOf(request: Request): Promise<{ ctx: Ctx; headers: Headers }> {
  const { headers, method } = request
  const requestId = requestIdOf(headers)
  const signedIn = await authenticate({ services: services(), method, headers, face: 'browser' })
  const answer = new Headers({ 'x-openstack-request-id': requestId, 'cache-control': 'no-store' })
  if (signedIn.rotatedSecret)
    setSessionCookie(answer, signedIn.rotatedSecret, isHttps(request.url, services().config.publicUrl))
  const ctx = requestContext({
    services: services(),
    actor: signedIn.actor,
    requestId,
    address: addressOf(headers),
    userAgent: headers.get('user-agent') ?? '',
  })
  return { ctx, headers: answer }
}

/** Runs a route of our own; what it throws becomes `{"error": …}` with the request id. */
export async function answering(request: Request, run: () => Promise<Response>): Promise<Response> {
  try {
    return await run()
  } catch (error) {
    const requestId = requestIdOf(request.headers)
    let known = error instanceof NephosError ? error : unexpected(error)
    if (known.code === 'internal') {
      services().log.error({ err: error, requestId, url: request.url }, 'a request failed unexpectedly')
      if (error instanceof NephosError) known = unexpected(error)
    }
    return Response.json({ error: publicError(known, requestId) }, { status: httpStatus[known.code] })
  }
}
