import type { Prisma } from '@nephos/db'
import { conflict, type MutationTx } from '../../kernel/index.ts'
import { type BackupRecord, backupChanged, readBackup } from './row.ts'

/** The columns that only a compare-and-set may write. */
export type BackupChanges = Omit<Prisma.VolumeBackupUncheckedUpdateManyInput, 'id' | 'generation'>

/**
 * Writes columns of a backup by compare-and-set on its generation, and announces it.
 * @throws NephosError conflict when somebody else wrote in between
 */
export async function changeBackup(
  tx: MutationTx,
  backup: Pick<BackupRecord, 'id' | 'generation' | 'name'>,
  changes: BackupChanges,
): Promise<BackupRecord> {
  const { count } = await tx.db.volumeBackup.updateMany({
    where: { id: backup.id, generation: backup.generation },
    data: { ...changes, generation: { increment: 1 } },
  })
  const written = count === 1 ? await readBackup(tx.db, backup.id) : null
  if (!written)
    throw conflict(`Backup ${backup.name || backup.id} was just changed by someone else.`, {
      remedy: 'Look at it again and repeat your change.',
    })
  backupChanged(tx, 'updated', written)
  return written
}
