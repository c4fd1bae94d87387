import type { Actor, Ctx, NephosError, Services } from '@nephos/core'
import { setSessionCookie } from '../session-cookie.ts'

/** What a tRPC call runs with: the context of core and the face's own means. */
export interface TrpcContext extends Ctx {
  /** Gives the browser this session secret, or takes it away with null. Absent on a face without cookies. */
  setSession?: (secret: string | null) => void
  /** Why nothing may be called at all: the answer of every procedure. */
  refusal?: NephosError
}

/** What {@link createContext} takes. */
export interface ContextInput {
  services: Services
  actor: Actor
  /** `req-` and a uuid. */
  requestId: string
  /** Network address of the caller. */
  address: string
  userAgent?: string
  /** Headers of the response, on a face that keeps the session in a cookie. */
  resHeaders?: Headers
  /** True when the browser came over https; the cookie is then marked Secure. */
  secure?: boolean
  refusal?: NephosError
}

/** The context of one HTTP request for the verbs of core. */
export function requestContext({
  services,
  actor,
  requestId,
  address,
  userAgent = '',
}: Omit<ContextInput, 'resHeaders' | 'secure' | 'refusal'>): Ctx {
  // Named one by one: what a process opened beside its services is nothing for a verb.
  const { db, config, relay, ask, announce } = services
  const log = services.log.child({ requestId })
  return { db, config, relay, ask, announce, log, actor, requestId, address, userAgent }
}

/** The context of one HTTP request for the procedures. */
export function createContext(input: ContextInput): TrpcContext {
  const { refusal, resHeaders, secure = false } = input
  const ctx: TrpcContext = { ...requestContext(input), refusal }
  if (resHeaders) ctx.setSession = (secret) => setSessionCookie(resHeaders, secret, secure)
  return ctx
}
