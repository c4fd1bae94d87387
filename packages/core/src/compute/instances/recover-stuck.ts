import { type Ctx, mutate } from '../../kernel/index.ts'
import { instanceChanged } from './changed.ts'
import { writeFault } from './fault.ts'
import { instanceSelect } from './row.ts'
import { writeInstanceState } from './write-state.ts'

/**
 * Frees instances whose task goes on for ever because its operation has ended or is gone: one that was being built or
 * deleted is in ERROR and says so (and can be deleted), any other is idle again, and the power-state reconciler of its
 * host shows what it really is.
 * @param idleMs how long a task may show no sign of life
 * @returns ids of the instances freed
 */
export async function recoverStuckInstances(ctx: Ctx, idleMs = 120_000): Promise<string[]> {
  const stuck = await ctx.db.instance.findMany({
    where: { taskState: { not: null }, updatedAt: { lt: new Date(Date.now() - idleMs) } },
    select: instanceSelect,
    orderBy: { updatedAt: 'asc' },
    take: 200,
  })
  if (stuck.length === 0) return []
  const open = await ctx.db.operation.findMany({
    where: {
      resourceType: 'instance',
      resourceId: { in: stuck.map(({ id }) => id) },
      status: { in: ['queued', 'running', 'undoing'] },
    },
    select: { resourceId: true },
  })
  const busy = new Set(open.map(({ resourceId }) => resourceId))
  const freed: string[] = []
  for (const record of stuck) {
    if (busy.has(record.id)) continue
    const broken = record.vmState === 'building' || record.taskState === 'deleting'
    const failure = {
      code: 'internal',
      message: `The instance was left in the task ${record.taskState} when its work ended.`,
    }
    const done = await mutate(ctx, async (tx) => {
      const written = broken
        ? await writeFault(tx.db, record, failure)
        : await writeInstanceState(tx.db, record, { taskState: null })
      if (written) instanceChanged(tx, 'updated', written)
      return written !== null
    })
    if (done) freed.push(record.id)
  }
  return freed
}
