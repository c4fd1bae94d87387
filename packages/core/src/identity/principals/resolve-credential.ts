import type { Services, UserActor } from '../../kernel/index.ts'
import { actorOf, mayActAtAll, withGrants } from './grants.ts'

/**
 * Who acts now by a session or token of this id, in that project: for what goes on long after its request. Read
 * anew at each call. `used` keeps a session from ending for want of use. @returns null when the session or token has ended
 */
export async function resolveCredential(
  { db, config }: Pick<Services, 'db' | 'config'>,
  via: UserActor['via'],
  projectId: string | null,
  { used = false } = {},
): Promise<UserActor | null> {
  const now = new Date()
  const include = { user: { include: withGrants } }
  const found =
    via.type === 'session'
      ? await db.session.findFirst({
          where: {
            id: via.sessionId,
            revokedAt: null,
            idleExpiresAt: { gt: now },
            absoluteExpiresAt: { gt: now },
          },
          include,
        })
      : await db.token.findFirst({
          where: { id: via.tokenId, revokedAt: null, expiresAt: { gt: now } },
          include,
        })
  if (!found || !mayActAtAll(found.user)) return null
  // A token is good for its own scope only.
  if ('scopeType' in found)
    return actorOf(db, found.user, via, {
      projectId: found.scopeType === 'project' ? found.scopeId : null,
      everything: false,
      domainId: found.scopeType === 'domain' ? found.scopeId : undefined,
      system: found.scopeType === 'system',
    })
  if (used) {
    const wanted = new Date(now.getTime() + config.sessionIdle * 1_000)
    const idleExpiresAt = wanted < found.absoluteExpiresAt ? wanted : found.absoluteExpiresAt
    await db.session.updateMany({ where: { id: found.id, revokedAt: null }, data: { idleExpiresAt } })
  }
  return actorOf(db, found.user, via, { projectId, everything: true })
}
