import type { Actor, Ctx, Services } from '@nephos/core'

/** Name of the browser's session cookie; its value is the session's secret. */
export const sessionCookie = 'nephos_session'

/** What a tRPC call runs with: the context of core and the face's own means. */
export interface TrpcContext extends Ctx {
  /** Gives the browser this session secret, or takes it away with null. */
  setSession: (secret: string | null) => void
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
  /** Headers of the response, for the session cookie. */
  resHeaders: Headers
  /** True when the browser came over https; the cookie is then marked Secure. */
  secure?: boolean
}

/** Makes the context of one HTTP request. */
export function createContext(input: ContextInput): TrpcContext {
  const { services, actor, requestId, address, resHeaders } = input
  return {
    ...services,
    log: services.log.child({ requestId }),
    actor,
    requestId,
    address,
    userAgent: input.userAgent ?? '',
    setSession: (secret) => setSessionCookie(resHeaders, secret, input.secure ?? false),
  }
}

/** Sets the session cookie on a response, or clears it with null. The session's own expiry is kept by the server. */
export function setSessionCookie(headers: Headers, secret: string | null, secure: boolean): void {
  const parts = [`${sessionCookie}=${secret ?? ''}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (secure) parts.push('Secure')
  if (secret === null) parts.push('Max-Age=0')
  headers.append('Set-Cookie', parts.join('; '))
}

/** The session secret of a `Cookie` header. */
export function readSessionCookie(header: string | null | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [name, ...value] = part.trim().split('=')
    if (name === sessionCookie && value.join('=')) return value.join('=')
  }
  return undefined
}
