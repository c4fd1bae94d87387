import { isUniqueViolation, newId, type VolumeAttachment } from '@nephos/db'
import { conflict, type MutationTx, notFound } from '../../kernel/index.ts'
import { whyNotVolume } from '../states.ts'
import { readVolume, volumeFacts } from '../volumes/row.ts'
import { holdVolume } from '../volumes/write.ts'
import { settleByAttachments } from './settle-status.ts'

/** Who is to have a volume, and how. */
export interface VolumeReservation {
  volumeId: string
  instanceId: string
  /** The project that the volume must belong to; null: any (an administrator asks). */
  projectId: string | null
  /** `ro`: the guest cannot write. A volume that is read-only is always attached like this. */
  mode?: 'rw' | 'ro'
  /** What the guest may call it. */
  device?: string | null
  /** 0: the root disk; null: it is not booted from. */
  bootIndex?: number | null
  deleteOnTermination?: boolean
  tag?: string | null
  diskBus?: string | null
  /** The same transaction has made the volume: it is reserved before there is anything of it. */
  unborn?: boolean
}

/**
 * Sets a volume aside for an instance, in the caller's transaction: from here on nobody else gets it. Undone with
 * {@link dropAttachment}.
 * @throws NephosError not_found, or conflict saying why it cannot be attached
 */
export async function reserveVolume(tx: MutationTx, wish: VolumeReservation): Promise<VolumeAttachment> {
  const volume = await readVolume(tx.db, wish.volumeId)
  if (!volume || (wish.projectId !== null && volume.projectId !== wish.projectId))
    throw notFound('volume', wish.volumeId)
  const why = wish.unborn ? null : whyNotVolume('attach', volumeFacts(volume))
  if (why) throw conflict(why, { detail: { volumeId: volume.id, status: volume.status } })
  if (volume.attachments.some(({ instanceId }) => instanceId === wish.instanceId))
    throw conflict('The volume is attached to this instance already.', { detail: { volumeId: volume.id } })
  await holdVolume(tx.db, volume)
  const attachment = await tx.db.volumeAttachment
    .create({
      data: {
        id: newId(),
        volumeId: volume.id,
        projectId: volume.projectId,
        instanceId: wish.instanceId,
        status: 'reserved',
        mode: volume.readOnly ? 'ro' : (wish.mode ?? 'rw'),
        device: wish.device ?? null,
        bootIndex: wish.bootIndex ?? null,
        deleteOnTermination: wish.deleteOnTermination ?? false,
        tag: wish.tag ?? null,
        diskBus: wish.diskBus ?? null,
      },
    })
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error
      throw conflict('The volume is attached to this instance already.', { cause: error })
    })
  await settleByAttachments(tx, volume.id)
  return attachment
}
