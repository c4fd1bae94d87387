import { notFound } from '../../kernel/index.ts'
import type { RetryHandler } from '../../operation/retry-handler.ts'
import { noteRestoring } from '../backups/restoring.ts'
import { readBackup } from '../backups/row.ts'
import { changeBackup } from '../backups/write.ts'
import { volumeJob } from '../operations.ts'
import { requireAllowed } from './find.ts'
import { readVolume } from './row.ts'
import { changeVolume } from './write.ts'

/** Tries once more to make a volume that is in error, from the search for a back end on. */
const retryVolumeCreate: RetryHandler = async (_ctx, tx, operation) => {
  const volume = await readVolume(tx.db, operation.resourceId)
  if (volume?.status !== 'error') throw notFound('volume that could not be made', operation.resourceId)
  const written = await changeVolume(tx, volume, { status: 'creating', failure: null })
  const job = volumeJob('volume-create', written.backend?.hostName ?? null)!
  tx.job(job.name, { operationId: operation.id, volumeId: volume.id } as never, { host: job.host })
}

/** Tries once more to delete a volume. */
const retryVolumeDelete: RetryHandler = async (_ctx, tx, operation) => {
  const volume = await readVolume(tx.db, operation.resourceId)
  if (!volume) throw notFound('volume', operation.resourceId)
  if (volume.status !== 'error_deleting') requireAllowed('delete', volume)
  await changeVolume(tx, volume, { status: 'deleting', failure: null })
  const job = volumeJob('volume-delete', volume.backend?.hostName ?? null)!
  tx.job(job.name, { operationId: operation.id, volumeId: volume.id } as never, { host: job.host })
}

/** Tries once more to restore a backup to a volume that was left in the middle. */
const retryVolumeRestore: RetryHandler = async (_ctx, tx, operation) => {
  const volume = await readVolume(tx.db, operation.resourceId)
  if (volume?.status !== 'error_restoring' || !volume.backupId)
    throw notFound('volume that could not be restored', operation.resourceId)
  const written = await changeVolume(tx, volume, { status: 'restoring_backup', failure: null })
  await noteRestoring(tx, volume.backupId)
  const job = volumeJob('volume-restore', written.backend?.hostName ?? null)
  if (!job) throw notFound('back end of the volume', volume.id)
  tx.job(job.name, { operationId: operation.id, volumeId: volume.id } as never, { host: job.host })
}

/** Tries once more to remove a backup. */
const retryBackupDelete: RetryHandler = async (_ctx, tx, operation) => {
  const backup = await readBackup(tx.db, operation.resourceId)
  if (backup?.status !== 'error_deleting') throw notFound('backup', operation.resourceId)
  await changeBackup(tx, backup, { status: 'deleting', failure: null })
  tx.job('volume.backup-delete', { operationId: operation.id, backupId: backup.id })
}

/** Work on volumes that can run again, and how. */
export const volumeRetryHandlers: Partial<Record<string, RetryHandler>> = {
  'volume-create': retryVolumeCreate,
  'volume-delete': retryVolumeDelete,
  'volume-restore': retryVolumeRestore,
  'volume-backup-delete': retryBackupDelete,
}
