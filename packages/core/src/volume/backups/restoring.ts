import { invalid, type MutationTx } from '../../kernel/index.ts'
import { whyNotBackup } from '../states.ts'
import { backupChanged, readBackup } from './row.ts'

/** Statuses of a volume that is being filled from its backup. */
const filling = ['creating', 'downloading', 'restoring_backup'] as const

/** Says that a backup is being restored, so that nobody deletes it. @throws NephosError invalid_input when it cannot be used */
export async function noteRestoring(tx: MutationTx, backupId: string): Promise<void> {
  const { count } = await tx.db.volumeBackup.updateMany({
    where: { id: backupId, status: { in: ['available', 'restoring'] } },
    data: { status: 'restoring', generation: { increment: 1 } },
  })
  const backup = await readBackup(tx.db, backupId)
  if (count === 0 || !backup)
    throw invalid(
      'backupId',
      (backup && whyNotBackup('restore', backup.status)) ?? 'The backup was just deleted.',
    )
  backupChanged(tx, 'updated', backup)
}

/** Says that a backup is available again once no volume is being filled from it any more. */
export async function settleRestored(tx: MutationTx, backupId: string): Promise<void> {
  const open = await tx.db.volume.count({ where: { backupId, status: { in: [...filling] } } })
  if (open > 0) return
  const { count } = await tx.db.volumeBackup.updateMany({
    where: { id: backupId, status: 'restoring' },
    data: { status: 'available', generation: { increment: 1 } },
  })
  const backup = count > 0 ? await readBackup(tx.db, backupId) : null
  if (backup) backupChanged(tx, 'updated', backup)
}

/** True when a volume of this status is not being filled from its backup any more. */
export const isFilled = (status: string): boolean => !filling.some((word) => word === status)
