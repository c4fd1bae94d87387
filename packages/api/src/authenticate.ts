import { type Actor, resolveSession, resolveToken, rotateSession, type Services } from '@nephos/core'
import { checkSameOrigin } from './origin.ts'
import { readSessionCookie } from './session-cookie.ts'

/**
 * How a face lets people sign in: `browser` by the session cookie, `token` by a bearer token, `either` by whichever is
 * there, a token first.
 */
export type Face = 'browser' | 'token' | 'either'

/** What {@link authenticate} takes. */
export interface AuthenticateInput {
  services: Services
  method: string
  headers: Headers
  face: Face
}

/** Who calls. */
export interface SignedIn {
  actor: Actor
  /** A new secret for the session cookie of this answer: the present one was due. */
  rotatedSecret?: string
}

/**
 * Finds out who sends a request. A missing or ended session or token makes nobody of them, which each verb then
 * refuses or not.
 * @throws NephosError forbidden when the cookie would sign in a change that another site has sent
 */
export async function authenticate({
  services,
  method,
  headers,
  face,
}: AuthenticateInput): Promise<SignedIn> {
  const token = face === 'browser' ? undefined : readToken(headers)
  if (token !== undefined) {
    const actor = await resolveToken(services, token)
    return { actor: actor ?? { kind: 'anonymous' } }
  }
  if (face === 'token') return { actor: { kind: 'anonymous' } }
  const secret = readSessionCookie(headers.get('cookie'))
  // On the browser's own face also without a cookie: another site must not log a browser in.
  if (secret || face === 'browser') checkSameOrigin({ method, headers, publicUrl: services.config.publicUrl })
  const actor = secret ? await resolveSession(services, secret) : null
  if (!secret || !actor) return { actor: { kind: 'anonymous' } }
  return { actor, rotatedSecret: (await rotateSession(services, secret)) ?? undefined }
}

/** The bearer token of a request: `Authorization: Bearer …`, or OpenStack's `X-Auth-Token`. */
function readToken(headers: Headers): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  return bearer ?? headers.get('x-auth-token') ?? undefined
}
