import { NephosError, type Services } from '@nephos/core'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { authenticate, type Face, type SignedIn } from '../authenticate.ts'
import { isHttps, requestIdOf } from '../request.ts'
import { createContext } from './context.ts'
import { toRefusal } from './init.ts'
import { appRouter } from './root.ts'

/** What {@link serveTrpc} takes. */
export interface ServeTrpcOptions {
  services: Services
  request: Request
  /** Path that the procedures are mounted below: `/trpc`, `/api/trpc`. */
  endpoint: string
  /** `browser`: the session cookie signs in, and changes must come from the dashboard itself. `token`: tokens only. */
  face: Face
  /** Taken from the request's own header, or made, unless given. */
  requestId?: string
  /** Network address of the caller. */
  address: string
}

const mostInABatch = 50

/** Answers one HTTP request with the procedures that it names. Every answer carries the request id. */
export async function serveTrpc(options: ServeTrpcOptions): Promise<Response> {
  const { services, request, endpoint, face, address } = options
  const { headers } = request
  const requestId = options.requestId ?? requestIdOf(headers)
  const userAgent = headers.get('user-agent') ?? ''
  const log = services.log.child({ requestId })
  let signedIn: SignedIn = { actor: { kind: 'anonymous' } }
  let refusal: NephosError | undefined
  try {
    signedIn = await authenticate({ services, headers, method: request.method, face })
  } catch (error) {
    refusal = toRefusal(error, log)
  }

  const response = await fetchRequestHandler({
    endpoint,
    req: request,
    router: appRouter,
    maxBatchSize: mostInABatch,
    onError: ({ error, path }) => {
      // Verbs log their own; this is what tRPC or the adapter broke.
      if (error.code === 'INTERNAL_SERVER_ERROR' && !(error.cause instanceof NephosError))
        log.error({ err: error, path }, 'a request failed unexpectedly')
    },
    createContext: ({ resHeaders }) => {
      const ctx = createContext({
        services,
        actor: signedIn.actor,
        refusal,
        requestId,
        address,
        userAgent,
        ...(face === 'browser' && { resHeaders }),
        secure: isHttps(request.url, services.config.publicUrl),
      })
      if (signedIn.rotatedSecret) ctx.setSession?.(signedIn.rotatedSecret)
      return ctx
    },
  })
  response.headers.set('x-openstack-request-id', requestId)
  response.headers.set('cache-control', 'no-store')
  return response
}

/** A bounded name for the metrics: the procedure when there is one of that name. */
export function procedureLabel(path: string, endpoint: string): string {
  const name = path.slice(endpoint.length + 1)
  if (name.includes(',')) return `${endpoint}/batch`
  return Object.hasOwn(appRouter._def.procedures, name) ? `${endpoint}/${name}` : `${endpoint}/unknown`
}
