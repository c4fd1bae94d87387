import type { MutationTx } from '../../kernel/index.ts'
import type { BackupRecord } from './row.ts'
import { changeBackup } from './write.ts'

/** Begins to delete a backup, in the caller's transaction, which has checked that it may be deleted. */
export async function beginBackupDelete(
  tx: MutationTx,
  backup: BackupRecord,
  { force }: { force: boolean },
): Promise<{ operationId: string; backup: BackupRecord }> {
  const written = await changeBackup(tx, backup, { status: 'deleting', failure: null })
  const subject = {
    projectId: backup.projectId,
    resourceType: 'volume_backup',
    resourceId: backup.id,
    resourceName: backup.name,
  }
  const operationId = tx.operation({ kind: 'volume-backup-delete', ...subject, input: { force } })
  tx.audit({ verb: 'volume.backups.delete', ...subject, detail: { force } })
  tx.job('volume.backup-delete', { operationId, backupId: backup.id })
  return { operationId, backup: written }
}
