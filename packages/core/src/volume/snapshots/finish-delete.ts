import type { VolumeSnapshot } from '@nephos/db'
import { type Ctx, type MutationTx, mutate, returnQuota } from '../../kernel/index.ts'
import { snapshotQuota } from '../volumes/count.ts'
import { readVolume, volumeChanged } from '../volumes/row.ts'
import { snapshotChanged } from './row.ts'

/** Removes the row of a snapshot with its quota. */
export async function removeSnapshotRow(
  tx: MutationTx,
  snapshot: Pick<VolumeSnapshot, 'id' | 'projectId' | 'sizeGib'>,
  typeName: string,
): Promise<void> {
  const { count } = await tx.db.volumeSnapshot.deleteMany({ where: { id: snapshot.id } })
  if (count === 0) return
  snapshotChanged(tx, 'deleted', snapshot)
  await returnQuota(tx.db, snapshot.projectId, snapshotQuota(typeName, snapshot.sizeGib))
}

/** Removes a snapshot of which nothing is left on its back end. */
export const finishSnapshotDelete = (ctx: Ctx, snapshotId: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const snapshot = await tx.db.volumeSnapshot.findUnique({
      where: { id: snapshotId },
      include: { volume: { select: { id: true, type: { select: { name: true } } } } },
    })
    if (snapshot?.status !== 'deleting') return
    await removeSnapshotRow(tx, snapshot, snapshot.volume.type.name)
    const volume = await readVolume(tx.db, snapshot.volume.id)
    if (volume) volumeChanged(tx, 'updated', volume)
  })
