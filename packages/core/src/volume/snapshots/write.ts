import type { Prisma } from '@nephos/db'
import { conflict, type MutationTx } from '../../kernel/index.ts'
import { readSnapshot, type SnapshotRecord, snapshotChanged } from './row.ts'

/**
 * Writes columns of a snapshot by compare-and-set on its generation, and announces it.
 * @throws NephosError conflict when somebody else wrote in between
 */
export async function changeSnapshot(
  tx: MutationTx,
  snapshot: Pick<SnapshotRecord, 'id' | 'generation' | 'name'>,
  changes: Omit<Prisma.VolumeSnapshotUncheckedUpdateManyInput, 'id' | 'generation'>,
): Promise<SnapshotRecord> {
  const { count } = await tx.db.volumeSnapshot.updateMany({
    where: { id: snapshot.id, generation: snapshot.generation },
    data: { ...changes, generation: { increment: 1 } },
  })
  const written = count === 1 ? await readSnapshot(tx.db, snapshot.id) : null
  if (!written)
    throw conflict(`Snapshot ${snapshot.name || snapshot.id} was just changed by someone else.`, {
      remedy: 'Look at it again and repeat your change.',
    })
  snapshotChanged(tx, 'updated', written)
  return written
}
