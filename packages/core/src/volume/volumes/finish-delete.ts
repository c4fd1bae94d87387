import { type Ctx, mutate, returnQuota } from '../../kernel/index.ts'
import { releaseBackend } from '../placement/claim.ts'
import { removeSnapshotRow } from '../snapshots/finish-delete.ts'
import { volumeQuota } from './count.ts'
import { readVolume, volumeChanged } from './row.ts'

/** Removes the rows of a volume of which nothing is left on its back end, with its quota and its claim. */
export const finishVolumeDelete = (ctx: Ctx, volumeId: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const volume = await readVolume(tx.db, volumeId)
    if (volume?.status !== 'deleting') return
    const snapshots = await tx.db.volumeSnapshot.findMany({ where: { volumeId }, orderBy: { id: 'asc' } })
    for (const snapshot of snapshots) await removeSnapshotRow(tx, snapshot, volume.type.name)
    await tx.db.volumeAttachment.deleteMany({ where: { volumeId } })
    const { count } = await tx.db.volume.deleteMany({ where: { id: volumeId } })
    if (count === 0) return
    volumeChanged(tx, 'deleted', volume)
    await releaseBackend(tx.db, volume.backendId, { gib: volume.sizeGib, volumes: 1 })
    await returnQuota(tx.db, volume.projectId, volumeQuota(volume.type.name, volume.sizeGib))
  })
