import type { Db } from '@nephos/db'
import type { JobName } from '@nephos/jobs'
import { type VolumeOperationKind, volumeJob, volumeOperations } from './operations.ts'

/** The job that carries a stuck operation on a volume, snapshot or backup on; null when there is nothing to carry on. */
export async function jobOfVolume(
  db: Db,
  { id: operationId, kind, resourceId }: { id: string; kind: VolumeOperationKind; resourceId: string },
): Promise<{ name: JobName; host?: string; payload: { [key: string]: string } } | null> {
  const select = { id: true, backend: { select: { hostName: true } } } as const
  if (volumeOperations[kind].of === 'volume_snapshot') {
    const snapshot = await db.volumeSnapshot.findUnique({
      where: { id: resourceId },
      select: { volume: { select } },
    })
    const job = snapshot && volumeJob(kind, snapshot.volume.backend?.hostName ?? null)
    return job
      ? { ...job, payload: { operationId, volumeId: snapshot.volume.id, snapshotId: resourceId } }
      : null
  }
  if (volumeOperations[kind].of === 'volume_backup') {
    const backup = await db.volumeBackup.findUnique({
      where: { id: resourceId },
      select: { volumeId: true },
    })
    const payload = { operationId, backupId: resourceId }
    if (kind === 'volume-backup-delete') return backup && { name: 'volume.backup-delete', payload }
    const of = backup && (await db.volume.findUnique({ where: { id: backup.volumeId }, select }))
    const job = of && volumeJob(kind, of.backend?.hostName ?? null)
    return job ? { ...job, payload: { ...payload, volumeId: of.id } } : null
  }
  const volume = await db.volume.findUnique({ where: { id: resourceId }, select })
  const job = volume && volumeJob(kind, volume.backend?.hostName ?? null)
  return job ? { ...job, payload: { operationId, volumeId: resourceId } } : null
}
