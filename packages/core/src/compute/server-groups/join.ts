import { type Ctx, invalid, type MutationTx, NephosError, quotaLimit } from '../../kernel/index.ts'
import { visibleServerGroups } from './row.ts'

/**
 * Lets new instances into a server group: it must be one of the project, and may not grow beyond its quota. Calls for
 * one group wait for each other. @throws NephosError invalid_input, quota_exceeded
 */
export async function joinServerGroup(
  ctx: Ctx,
  tx: MutationTx,
  { id, projectId, count }: { id: string; projectId: string; count: number },
): Promise<void> {
  const { count: found } = await tx.db.serverGroup.updateMany({
    where: { id, ...visibleServerGroups(ctx), projectId },
    data: { updatedAt: new Date() },
  })
  if (found === 0)
    throw invalid('serverGroupId', `No server group ${id} was found.`, 'Choose one of the listed groups.')
  const limit = await quotaLimit(tx.db, projectId, 'server_group_members')
  if (limit < 0) return
  const used = await tx.db.instance.count({ where: { serverGroupId: id } })
  if (used + count > limit)
    throw new NephosError(
      'quota_exceeded',
      `Quota exceeded for server_group_members: Requested ${count}, but the group already has ${used} of ${limit} members.`,
      {
        field: 'serverGroupId',
        remedy: 'Choose another group, or ask an administrator for a higher quota.',
        detail: { resource: 'server_group_members', requested: count, used, limit },
      },
    )
}
