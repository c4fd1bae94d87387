import { type Ctx, mutate } from '../../kernel/index.ts'
import { releaseBackupSource } from '../backups/release-source.ts'
import { settleRestored } from '../backups/restoring.ts'
import { readBackup } from '../backups/row.ts'
import { changeBackup } from '../backups/write.ts'

const leftAs = { creating: 'error', deleting: 'error_deleting' } as const

/**
 * Frees backups whose work goes on by their status, although its operation has ended, and volumes and snapshots that
 * wait for a backup in vain. @returns ids of what was freed
 */
export async function settleStuckBackups(
  ctx: Ctx,
  before: Date,
  withoutWork: (ctx: Ctx, rows: readonly { id: string }[]) => Promise<readonly { id: string }[]>,
): Promise<string[]> {
  const freed: string[] = []
  const left = await ctx.db.volumeBackup.findMany({
    where: { status: { in: ['creating', 'deleting'] }, updatedAt: { lt: before } },
    select: { id: true },
    take: 200,
  })
  for (const { id } of await withoutWork(ctx, left)) {
    await mutate(ctx, async (tx) => {
      const backup = await readBackup(tx.db, id)
      if (backup?.status !== 'creating' && backup?.status !== 'deleting') return
      await changeBackup(tx, backup, {
        status: leftAs[backup.status],
        failure: 'The work on the backup ended without a result.',
      })
      freed.push(id)
    })
  }
  const restoring = await ctx.db.volumeBackup.findMany({
    where: { status: 'restoring', updatedAt: { lt: before } },
    select: { id: true },
    take: 200,
  })
  for (const { id } of restoring) await mutate(ctx, (tx) => settleRestored(tx, id))
  return [...freed, ...(await freeSources(ctx, before))]
}

/** Volumes and snapshots that no backup is being made of any more. */
async function freeSources(ctx: Ctx, before: Date): Promise<string[]> {
  const where = { status: 'backing_up', updatedAt: { lt: before } } as const
  const [volumes, snapshots, backups] = await Promise.all([
    ctx.db.volume.findMany({ where, select: { id: true }, take: 200 }),
    ctx.db.volumeSnapshot.findMany({ where, select: { id: true, volumeId: true }, take: 200 }),
    ctx.db.volumeBackup.findMany({
      where: { status: 'creating' },
      select: { volumeId: true, snapshotId: true },
    }),
  ])
  const sources = [
    ...volumes.map(({ id }) => ({ id, volumeId: id, snapshotId: null })),
    ...snapshots.map(({ id, volumeId }) => ({ id, volumeId, snapshotId: id })),
  ].filter(
    (source) =>
      !backups.some(
        ({ volumeId, snapshotId }) => volumeId === source.volumeId && snapshotId === source.snapshotId,
      ),
  )
  for (const source of sources) await mutate(ctx, (tx) => releaseBackupSource(tx, source))
  return sources.map(({ id }) => id)
}
