import { newId } from '@nephos/db'
import { type Ctx, mutate, type UserActor } from '../../kernel/index.ts'
import { actorOf, projectIdsOf, type UserWithGrants } from '../principals/grants.ts'
import { hashSecret, newSecret } from '../principals/secret.ts'

/** Opens a session for a user whose password was checked. @returns its secret, and the actor it makes */
export async function openSession(
  ctx: Ctx,
  user: UserWithGrants,
): Promise<{ secret: string; actor: UserActor }> {
  const secret = newSecret()
  const id = newId()
  const now = new Date()
  const absoluteExpiresAt = new Date(now.getTime() + ctx.config.sessionLifetime * 1000)
  const idleExpiresAt = new Date(
    Math.min(now.getTime() + ctx.config.sessionIdle * 1000, absoluteExpiresAt.getTime()),
  )
  const projectId = await firstProject(ctx, user)
  const actor = await actorOf(
    ctx.db,
    user,
    { type: 'session', sessionId: id },
    {
      projectId,
      everything: true,
    },
  )
  await mutate({ ...ctx, actor }, async (tx) => {
    await tx.db.session.create({
      data: {
        id,
        userId: user.id,
        secretHash: hashSecret(secret),
        rotatedAt: now,
        lastSeenAt: now,
        projectId,
        idleExpiresAt,
        absoluteExpiresAt,
        address: ctx.address,
        userAgent: ctx.userAgent.slice(0, 512),
      },
    })
    await tx.db.user.updateMany({ where: { id: user.id }, data: { lastLoginAt: now } })
    tx.audit({
      verb: 'identity.sessions.login',
      resourceType: 'session',
      resourceId: id,
      resourceName: user.name,
    })
  })
  return { secret, actor }
}

/** Where a new session acts: the user's default project, or else the first by name. */
async function firstProject(ctx: Ctx, user: UserWithGrants): Promise<string | null> {
  const projects = await ctx.db.project.findMany({
    where: { id: { in: projectIdsOf(user) }, enabled: true, domain: { enabled: true } },
    select: { id: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  const preferred = projects.find(({ id }) => id === user.defaultProjectId) ?? projects[0]
  return preferred?.id ?? null
}
