import type { Prisma, Tx } from '@nephos/db'
import { conflict, LostRace, type MutationTx } from '../../kernel/index.ts'
import { isFilled, settleRestored } from '../backups/restoring.ts'
import { readVolume, type VolumeRecord, volumeChanged } from './row.ts'

/** The columns that only a compare-and-set may write. */
export type VolumeChanges = Omit<
  Prisma.VolumeUncheckedUpdateManyInput,
  'id' | 'generation' | 'createdAt' | 'updatedAt' | 'ec2Id'
>

/**
 * Writes columns of a volume by compare-and-set on its generation.
 * @returns the record as it is now, or null when somebody else wrote in between (nothing was changed)
 */
export async function writeVolume(
  db: Tx,
  volume: Pick<VolumeRecord, 'id' | 'generation'>,
  changes: VolumeChanges,
): Promise<VolumeRecord | null> {
  const { count } = await db.volume.updateMany({
    where: { id: volume.id, generation: volume.generation },
    data: { ...changes, generation: { increment: 1 } },
  })
  return count === 1 ? readVolume(db, volume.id) : null
}

/** Like {@link writeVolume}, and announces the volume. @throws NephosError conflict when somebody else wrote in between */
export async function changeVolume(
  tx: MutationTx,
  volume: Pick<VolumeRecord, 'id' | 'generation' | 'name'>,
  changes: VolumeChanges,
): Promise<VolumeRecord> {
  const written = await writeVolume(tx.db, volume, changes)
  if (!written)
    throw conflict(`Volume ${volume.name || volume.id} was just changed by someone else.`, {
      remedy: 'Look at it again and repeat your change.',
    })
  volumeChanged(tx, 'updated', written)
  if (written.backupId && changes.status && isFilled(written.status))
    await settleRestored(tx, written.backupId)
  return written
}

/**
 * Makes sure that a volume is still what was read of it, and keeps others from writing it until the transaction ends:
 * for whoever writes beside it what its status allows.
 * @throws LostRace when somebody else wrote in between: the transaction is run again
 */
export async function holdVolume(db: Tx, volume: Pick<VolumeRecord, 'id' | 'generation'>): Promise<void> {
  const { count } = await db.volume.updateMany({
    where: { id: volume.id, generation: volume.generation },
    data: { generation: { increment: 1 } },
  })
  if (count === 0) throw new LostRace(new Error(`volume ${volume.id} was changed meanwhile`))
}
