import { readSessionCookie, requestContext, requestIdOf } from '@nephos/api'
import { type CurrentSession, currentSession, NephosError, resolveSession } from '@nephos/core'
import { headers } from 'next/headers'
import { addressOf } from './request.ts'
import { services } from './services.ts'

/** The session behind a page that is being rendered, or null when there is none. Rotation is left to API calls. */
export async function readPageSession(): Promise<CurrentSession | null> {
  const incoming = await headers()
  const secret = readSessionCookie(incoming.get('cookie'))
  const actor = secret ? await resolveSession(services(), secret) : null
  if (!actor) return null
  const ctx = requestContext({
    services: services(),
    actor,
    requestId: requestIdOf(new Headers(incoming)),
    address: addressOf(new Headers(incoming)),
    userAgent: incoming.get('user-agent') ?? '',
  })
  try {
    return await currentSession({ ctx, input: {} })
  } catch (error) {
    // It ended between the two questions.
    if (error instanceof NephosError && error.code === 'unauthenticated') return null
    throw error
  }
}
