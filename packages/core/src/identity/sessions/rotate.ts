import type { Services } from '../../kernel/index.ts'
import { forgetCredential } from '../principals/cache.ts'
import { isUnconfirmed, rotationGraceMs, sessionPrincipal } from '../principals/resolve-session.ts'
import { hashSecret, newSecret } from '../principals/secret.ts'

/** Age at which a secret is replaced, in milliseconds. */
export const rotationAgeMs = 15 * 60_000

/**
 * Gives the session a new secret when the present one is due, for the face to put into the cookie of its answer; null
 * when nothing is to be done. The former secret works for a grace, and for as long as the new one has not been used.
 */
export async function rotateSession(services: Services, secret: string): Promise<string | null> {
  const principal = await sessionPrincipal(services, secret)
  if (!principal) return null
  const { session, previous } = principal
  const now = new Date()
  const age = now.getTime() - session.rotatedAt.getTime()
  // Whoever still holds the former secret after the grace has never received the new one, which can be replaced.
  const due = previous ? isUnconfirmed(session) && age >= rotationGraceMs : age >= rotationAgeMs
  if (!due) return null
  const next = newSecret()
  const { count } = await services.db.session.updateMany({
    where: { id: session.id, secretHash: session.secretHash, revokedAt: null },
    data: {
      secretHash: hashSecret(next),
      ...(!previous && { previousHash: session.secretHash }),
      rotatedAt: now,
      lastSeenAt: now,
    },
  })
  forgetCredential(services, session.id)
  return count === 1 ? next : null
}
