import { type Ctx, mutate, returnQuota } from '../../kernel/index.ts'
import { backupQuota } from '../volumes/count.ts'
import { backupChanged, readBackup } from './row.ts'

/** Removes the row of a backup of which nothing is left in its store, with its quota. */
export const finishBackupDelete = (ctx: Ctx, backupId: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const backup = await readBackup(tx.db, backupId)
    if (backup?.status !== 'deleting') return
    const { count } = await tx.db.volumeBackup.deleteMany({ where: { id: backupId } })
    if (count === 0) return
    backupChanged(tx, 'deleted', backup)
    const parent = backup.parentId && (await readBackup(tx.db, backup.parentId))
    // It may be deleted now.
    if (parent) backupChanged(tx, 'updated', parent)
    await returnQuota(tx.db, backup.projectId, backupQuota(backup.sizeGib))
  })
