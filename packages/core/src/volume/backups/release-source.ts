import { LostRace, type MutationTx } from '../../kernel/index.ts'
import { readSnapshot } from '../snapshots/row.ts'
import { changeSnapshot } from '../snapshots/write.ts'
import { readVolume } from '../volumes/row.ts'
import { changeVolume } from '../volumes/write.ts'

const again = (error: unknown): never => {
  if ((error as { code?: string }).code === 'conflict') throw new LostRace(error)
  throw error
}

/** Lets go of what a backup was made from: the volume, or its snapshot, is what it was before. */
export async function releaseBackupSource(
  tx: MutationTx,
  { volumeId, snapshotId }: { volumeId: string; snapshotId: string | null },
): Promise<void> {
  if (snapshotId) {
    const snapshot = await readSnapshot(tx.db, snapshotId)
    if (snapshot?.status === 'backing_up')
      await changeSnapshot(tx, snapshot, { status: 'available' }).catch(again)
    return
  }
  const volume = await readVolume(tx.db, volumeId)
  if (volume?.status !== 'backing_up') return
  const status = volume.previousStatus ?? 'available'
  await changeVolume(tx, volume, { status, previousStatus: null, failure: null }).catch(again)
}
