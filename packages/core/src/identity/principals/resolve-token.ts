import type { Services, UserActor } from '../../kernel/index.ts'
import { type CachedPrincipal, cachedPrincipal } from './cache.ts'
import { actorOf, mayActAtAll, withGrants } from './grants.ts'
import { hashSecret, looksLikeSecret } from './secret.ts'

interface TokenPrincipal extends CachedPrincipal {
  actor: UserActor
}

const lastUsedResolutionMs = 60_000

/**
 * The user behind a bearer token, acting in the token's scope and nothing beyond it, or null when it is none (any
 * more). Changes made elsewhere count after at most five seconds.
 */
export async function resolveToken(services: Services, secret: string): Promise<UserActor | null> {
  if (!looksLikeSecret(secret)) return null
  const hash = hashSecret(secret)
  const principal = await cachedPrincipal(services, `token:${hash}`, () => load(services, hash))
  return principal?.actor ?? null
}

async function load({ db }: Services, hash: string): Promise<TokenPrincipal | null> {
  const now = new Date()
  const found = await db.token.findFirst({
    where: { secretHash: hash, revokedAt: null, expiresAt: { gt: now } },
    include: { user: { include: withGrants } },
  })
  if (!found || !mayActAtAll(found.user)) return null
  const { user, scopeType, scopeId, ...token } = found
  const actor = await actorOf(
    db,
    user,
    { type: 'token', tokenId: token.id },
    {
      projectId: scopeType === 'project' ? scopeId : null,
      everything: false,
      domainId: scopeType === 'domain' ? scopeId : undefined,
      system: scopeType === 'system',
    },
  )
  // A token whose scope is gone is worth nothing, not even what every signed-in user may do.
  if (scopeType === 'project' && !actor.project) return null
  if (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() > lastUsedResolutionMs)
    await db.token.updateMany({ where: { id: token.id }, data: { lastUsedAt: now } })
  return { userId: user.id, credentialId: token.id, expiresAt: token.expiresAt, actor }
}
