import { newId } from '@nephos/db'
import { type MutationTx, NephosError, quotaLimit, takeQuota } from '../../kernel/index.ts'
import { noteRestoring } from '../backups/restoring.ts'
import { volumeQuota } from './count.ts'
import type { VolumePlanned } from './plan.ts'
import { type VolumeRecord, volumeChanged, volumeParts } from './row.ts'

/**
 * Writes a planned volume and starts the work that makes it, in the caller's transaction. Quota is taken unless the
 * caller does that itself, last of all, with {@link takeVolumeQuota}.
 */
export async function insertVolume(
  tx: MutationTx,
  { type, zone, columns }: VolumePlanned,
  { quota = true, verb = 'volume.volumes.create' }: { quota?: boolean; verb?: string } = {},
): Promise<{ volume: VolumeRecord; operationId: string }> {
  const volume = await tx.db.volume.create({
    data: { ...columns, id: newId(), status: 'creating', zone: zone ?? '', typeId: type.id },
    include: volumeParts,
  })
  const subject = {
    projectId: volume.projectId,
    resourceType: 'volume',
    resourceId: volume.id,
    resourceName: volume.name,
  }
  const operationId = tx.operation({ kind: 'volume-create', ...subject, input: { zone } })
  tx.audit({ verb, ...subject, detail: { sizeGib: volume.sizeGib, type: type.name } })
  tx.job('volume.schedule', { operationId, volumeId: volume.id })
  volumeChanged(tx, 'created', volume)
  if (volume.backupId) await noteRestoring(tx, volume.backupId)
  if (quota) await takeVolumeQuota(tx, volume.projectId, [volume])
  return { volume, operationId }
}

/** Takes the quota of new volumes of a project. Call it last in the transaction. @throws NephosError quota_exceeded */
export async function takeVolumeQuota(
  tx: MutationTx,
  projectId: string,
  volumes: readonly Pick<VolumeRecord, 'sizeGib' | 'type'>[],
): Promise<void> {
  const amounts: Record<string, number> = {}
  for (const { sizeGib, type } of volumes) {
    await requireSizeAllowed(tx, projectId, sizeGib)
    for (const [resource, amount] of Object.entries(volumeQuota(type.name, sizeGib)))
      amounts[resource] = (amounts[resource] ?? 0) + (amount ?? 0)
  }
  await takeQuota(tx.db, projectId, amounts)
}

/** @throws NephosError quota_exceeded when one volume may not be that large */
export async function requireSizeAllowed(tx: MutationTx, projectId: string, sizeGib: number): Promise<void> {
  const limit = await quotaLimit(tx.db, projectId, 'per_volume_gigabytes')
  if (limit < 0 || sizeGib <= limit) return
  throw new NephosError(
    'quota_exceeded',
    `Quota exceeded for per_volume_gigabytes: a volume of this project has at most ${limit} GiB.`,
    {
      field: 'sizeGib',
      remedy: 'Choose a smaller size, or ask an administrator for a higher quota.',
      detail: { resource: 'per_volume_gigabytes', requested: sizeGib, used: 0, limit },
    },
  )
}
