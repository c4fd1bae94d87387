import type { Ctx } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/**
 * Deletes for good what has been in the bin for longer than the configured time. Does nothing in a cloud without a bin.
 * @returns ids of the instances whose deletion was begun
 */
export async function reclaimInstances(ctx: Ctx, now = new Date()): Promise<string[]> {
  const seconds = ctx.config.reclaimInstanceInterval
  if (seconds === 0) return []
  const due = await ctx.db.instance.findMany({
    where: {
      vmState: 'soft_deleted',
      taskState: null,
      deletedAt: { lt: new Date(now.getTime() - seconds * 1000) },
    },
    select: { id: true },
    orderBy: { deletedAt: 'asc' },
    take: 100,
  })
  const begun: string[] = []
  for (const { id } of due) {
    await beginAction(ctx, {
      id,
      action: 'forceDelete',
      verb: 'compute.instances.reclaim',
      saga: 'instance-delete',
      supersedes: true,
      allowUnplaced: true,
    })
    begun.push(id)
  }
  return begun
}
