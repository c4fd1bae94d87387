import { LostRace, type MutationTx } from '../../kernel/index.ts'
import { attachmentStatuses, statusOfAttachments, type VolumeStatusName } from '../states.ts'
import { readVolume, type VolumeRecord, volumeChanged } from '../volumes/row.ts'
import { type VolumeChanges, writeVolume } from '../volumes/write.ts'

const driven: readonly VolumeStatusName[] = attachmentStatuses

/**
 * Brings the status of a volume in line with its attachments, in the transaction that changed them, and announces it.
 * Work that is under way keeps its status, and comes back to the right one. It always raises the volume's generation, so
 * that two changes of attachments of one volume meet.
 * @throws LostRace when somebody else wrote the volume in between: the transaction is run again
 */
export async function settleByAttachments(
  tx: MutationTx,
  volumeId: string,
  extra: VolumeChanges = {},
): Promise<VolumeRecord | null> {
  const volume = await readVolume(tx.db, volumeId)
  if (!volume) return null
  const written = await writeVolume(tx.db, volume, { ...byAttachments(volume), ...extra })
  if (!written) throw new LostRace(new Error(`volume ${volumeId} was changed meanwhile`))
  volumeChanged(tx, 'updated', written)
  return written
}

/** The status that the attachments ask for, in the column where it belongs now. */
export function byAttachments(
  volume: Pick<VolumeRecord, 'status' | 'previousStatus' | 'attachments'>,
): Pick<VolumeChanges, 'status' | 'previousStatus'> {
  const status = statusOfAttachments(volume.attachments.map((attachment) => attachment.status))
  if (driven.includes(volume.status)) return { status }
  return volume.previousStatus && driven.includes(volume.previousStatus) ? { previousStatus: status } : {}
}
