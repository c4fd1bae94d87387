import type { Session } from '@nephos/db'
import type { Services, UserActor } from '../../kernel/index.ts'
import { type CachedPrincipal, cachedPrincipal } from './cache.ts'
import { actorOf, mayActAtAll, withGrants } from './grants.ts'
import { hashSecret, looksLikeSecret } from './secret.ts'

/** How long the secret before a rotation goes on working, in milliseconds. */
export const rotationGraceMs = 60_000

/** A valid session, as one of its secrets opened it. */
export interface SessionPrincipal extends CachedPrincipal {
  actor: UserActor
  session: Session
  /** True when it was opened with the secret from before the last rotation. */
  previous: boolean
}

/** Options of {@link resolveSession}. */
export interface ResolveOptions {
  /** Only look: does not count as use of the session, so an open page alone does not keep it alive. */
  passive?: boolean
}

/**
 * The signed-in user behind the secret of a browser session, or null when it is none (any more). A role or session
 * that ends in this process ends at once, one that ends elsewhere after at most five seconds.
 */
export async function resolveSession(
  services: Services,
  secret: string,
  { passive = false }: ResolveOptions = {},
): Promise<UserActor | null> {
  const principal = await sessionPrincipal(services, secret)
  if (!principal) return null
  if (!passive) await touch(services, principal)
  return principal.actor
}

/** The session behind one of its secrets, as it was read at most five seconds ago. */
export async function sessionPrincipal(services: Services, secret: string): Promise<SessionPrincipal | null> {
  if (!looksLikeSecret(secret)) return null
  const hash = hashSecret(secret)
  return cachedPrincipal(services, `session:${hash}`, () => load(services, hash))
}

/**
 * True until the newest secret has been used: its cookie may never have reached the browser, so the one before it
 * stays good.
 */
export const isUnconfirmed = (session: Session): boolean =>
  session.lastSeenAt.getTime() <= session.rotatedAt.getTime()

async function load({ db }: Services, hash: string): Promise<SessionPrincipal | null> {
  const now = new Date()
  const found = await db.session.findFirst({
    where: {
      OR: [{ secretHash: hash }, { previousHash: hash }],
      revokedAt: null,
      idleExpiresAt: { gt: now },
      absoluteExpiresAt: { gt: now },
    },
    include: { user: { include: withGrants } },
  })
  if (!found || !mayActAtAll(found.user)) return null
  const { user, ...session } = found
  const previous = session.secretHash !== hash
  const inGrace = now.getTime() - session.rotatedAt.getTime() < rotationGraceMs
  if (previous && !inGrace && !isUnconfirmed(session)) return null
  const via = { type: 'session', sessionId: session.id } as const
  const actor = await actorOf(db, user, via, { projectId: session.projectId, everything: true })
  return {
    userId: user.id,
    credentialId: session.id,
    expiresAt: session.idleExpiresAt,
    actor,
    session,
    previous,
  }
}

/** Notes that the session is in use: not more than once a minute, and when a new secret is used for the first time. */
async function touch({ db, config }: Services, { session, previous }: SessionPrincipal): Promise<void> {
  const now = Date.now()
  const idleMs = config.sessionIdle * 1000
  const idleExpiresAt = new Date(Math.min(now + idleMs, session.absoluteExpiresAt.getTime()))
  const gained = idleExpiresAt.getTime() - session.idleExpiresAt.getTime()
  const confirms = !previous && isUnconfirmed(session)
  if (!confirms && gained < Math.min(60_000, idleMs / 4)) return
  // The cached row is changed first, so that parallel requests do not all write.
  session.idleExpiresAt = idleExpiresAt
  if (!previous) session.lastSeenAt = new Date(Math.max(now, session.rotatedAt.getTime() + 1))
  await db.session.updateMany({
    where: { id: session.id, revokedAt: null, rotatedAt: session.rotatedAt },
    data: { idleExpiresAt, ...(!previous && { lastSeenAt: session.lastSeenAt }) },
  })
}
