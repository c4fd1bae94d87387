import type { Tx } from '@nephos/db'
import { type Ctx, isAdmin, NephosError } from '../../kernel/index.ts'

/**
 * Keeps a manager of a domain from taking over a user who may do more than the manager could grant: an administrator,
 * or someone with a role on the system or in another domain.
 * @throws NephosError forbidden
 */
export async function refuseStrongerUser(ctx: Ctx, db: Tx, userId: string): Promise<void> {
  if (isAdmin(ctx.actor)) return
  const managed = ctx.actor.kind === 'user' ? ctx.actor.domainRoles.map((grant) => grant.domainId) : []
  const assignments = await db.assignment.findMany({ where: { userId }, include: { role: true } })
  const projectIds = assignments.filter((row) => row.targetType === 'project').map((row) => row.targetId)
  const foreign = await db.project.count({
    where: { id: { in: projectIds }, domainId: { notIn: managed } },
  })
  const stronger = assignments.some(
    ({ role, targetType, targetId }) =>
      role.name === 'admin' ||
      targetType === 'system' ||
      (targetType === 'domain' && !managed.includes(targetId)),
  )
  if (foreign > 0 || stronger)
    throw new NephosError(
      'forbidden',
      'This user holds roles beyond your domain; only an administrator may do this.',
      {
        remedy: 'Ask an administrator of the cloud.',
      },
    )
}
