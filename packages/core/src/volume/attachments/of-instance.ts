import type { Tx } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { whyNotVolume } from '../states.ts'
import { beginVolumeDelete } from '../volumes/begin-delete.ts'
import { readVolume, volumeFacts } from '../volumes/row.ts'
import { dropAttachment } from './change.ts'

/** The attachments of an instance, the root disk first, then as they were made. */
export const attachmentsOf = (db: Tx, instanceId: string) =>
  db.volumeAttachment.findMany({
    where: { instanceId },
    include: { volume: { include: { backend: { select: { hostName: true, driver: true } } } } },
    orderBy: [{ bootIndex: { sort: 'asc', nulls: 'last' } }, { createdAt: 'asc' }, { id: 'asc' }],
  })

/**
 * Lets go of every volume of an instance that ends, and begins to delete those that end with it; for whoever deletes
 * the instance, once its machine is gone and its hosts are disconnected.
 */
export async function releaseVolumesOf(tx: MutationTx, instanceId: string): Promise<void> {
  const attachments = await tx.db.volumeAttachment.findMany({
    where: { instanceId },
    select: { id: true, volumeId: true, deleteOnTermination: true },
    orderBy: { id: 'asc' },
  })
  for (const { id, volumeId, deleteOnTermination } of attachments) {
    await dropAttachment(tx, id)
    if (!deleteOnTermination) continue
    const volume = await readVolume(tx.db, volumeId)
    if (volume && volume._count.snapshots === 0 && !whyNotVolume('delete', volumeFacts(volume)))
      await beginVolumeDelete(tx, volume)
  }
}

/** Name of the host whose volume worker has the bytes of a volume; null: no back end has it yet. */
export async function volumeWorkerOf(db: Tx, volumeId: string): Promise<string | null> {
  const volume = await db.volume.findUnique({
    where: { id: volumeId },
    select: { backend: { select: { hostName: true } } },
  })
  return volume?.backend?.hostName ?? null
}
