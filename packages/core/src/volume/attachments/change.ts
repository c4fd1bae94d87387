import type { Prisma, VolumeAttachment } from '@nephos/db'
import { conflict, LostRace, type MutationTx, notFound } from '../../kernel/index.ts'
import { settleByAttachments } from './settle-status.ts'

async function change(
  tx: MutationTx,
  attachment: VolumeAttachment,
  changes: Omit<Prisma.VolumeAttachmentUncheckedUpdateManyInput, 'id' | 'generation'>,
): Promise<VolumeAttachment> {
  const { count } = await tx.db.volumeAttachment.updateMany({
    where: { id: attachment.id, generation: attachment.generation },
    data: { ...changes, generation: { increment: 1 } },
  })
  if (count === 0) throw new LostRace(new Error(`attachment ${attachment.id} was changed meanwhile`))
  await settleByAttachments(tx, attachment.volumeId)
  return tx.db.volumeAttachment.findUniqueOrThrow({ where: { id: attachment.id } })
}

const find = (tx: MutationTx, id: string) => tx.db.volumeAttachment.findUnique({ where: { id } })

/** Which attachment is meant: by its own id, or by volume and instance. */
export type WhichAttachment = { attachmentId: string } | { volumeId: string; instanceId: string }

/**
 * Begins to take a volume away from an instance, in the caller's transaction; {@link dropAttachment} ends it,
 * {@link rollDetach} takes it back.
 * @param projectId that the volume must belong to; null: any (an administrator asks)
 * @throws NephosError not_found, or conflict saying why not
 */
export async function beginDetach(
  tx: MutationTx,
  which: WhichAttachment & { projectId: string | null },
): Promise<VolumeAttachment> {
  const where =
    'attachmentId' in which
      ? { id: which.attachmentId }
      : { volumeId: which.volumeId, instanceId: which.instanceId }
  const attachment = await tx.db.volumeAttachment.findFirst({ where })
  if (!attachment || (which.projectId !== null && attachment.projectId !== which.projectId))
    throw 'attachmentId' in which
      ? notFound('attachment', which.attachmentId)
      : notFound('attached volume', which.volumeId)
  if (!['attached', 'error_detaching', 'error_attaching'].includes(attachment.status))
    throw conflict(`Cannot detach the volume while it is ${attachment.status.replaceAll('_', '-')}.`, {
      remedy:
        attachment.status === 'detaching' ? 'It is being detached already.' : 'Wait until it is attached.',
      detail: { status: attachment.status },
    })
  const volume = await tx.db.volume.findUnique({
    where: { id: attachment.volumeId },
    select: { status: true },
  })
  const busy = ['extending', 'retyping', 'maintenance'].find((status) => status === volume?.status)
  if (busy)
    throw conflict(`Cannot detach the volume while it is ${busy}.`, { remedy: 'Wait until that is done.' })
  return change(tx, attachment, { status: 'detaching', failure: null })
}

/** Takes back {@link beginDetach}: the instance still has the volume. Does nothing when it is not being detached. */
export async function rollDetach(tx: MutationTx, attachmentId: string, failure?: string): Promise<void> {
  const attachment = await find(tx, attachmentId)
  if (attachment?.status === 'detaching')
    await change(tx, attachment, { status: 'attached', failure: failure ?? null })
}

/** The host begins to use the volume: what `volume.connect` writes. Does nothing when it does already. */
export async function noteConnected(tx: MutationTx, attachmentId: string, hostName: string): Promise<void> {
  const attachment = await find(tx, attachmentId)
  if (!attachment) throw notFound('attachment', attachmentId)
  if (attachment.hostName === hostName || attachment.standbyHost === hostName) {
    if (attachment.status === 'reserved') await change(tx, attachment, { status: 'attaching' })
    return
  }
  await change(tx, attachment, {
    ...(attachment.hostName === null ? { hostName } : { standbyHost: hostName }),
    ...(attachment.status === 'reserved' && { status: 'attaching' }),
  })
}

/** The host does not use the volume any more: what `volume.disconnect` writes. */
export async function noteDisconnected(
  tx: MutationTx,
  attachmentId: string,
  hostName: string,
): Promise<void> {
  const attachment = await find(tx, attachmentId)
  if (attachment?.hostName === hostName)
    await change(tx, attachment, { hostName: attachment.standbyHost, standbyHost: null })
  else if (attachment?.standbyHost === hostName) await change(tx, attachment, { standbyHost: null })
}

/**
 * The instance has the volume. Also for one whose machine will see it only at its next start.
 * @throws NephosError not_found when the attachment was dropped meanwhile
 */
export async function completeAttachment(
  tx: MutationTx,
  attachmentId: string,
  { device }: { device?: string | null } = {},
): Promise<VolumeAttachment> {
  const attachment = await find(tx, attachmentId)
  if (!attachment) throw notFound('attachment', attachmentId)
  if (attachment.status === 'attached' && (device === undefined || device === attachment.device))
    return attachment
  return change(tx, attachment, {
    status: 'attached',
    failure: null,
    attachedAt: attachment.attachedAt ?? new Date(),
    ...(device !== undefined && { device }),
  })
}

/** The instance does not have the volume any more. Does nothing when it has not. @returns whether there was one */
export async function dropAttachment(tx: MutationTx, attachmentId: string): Promise<boolean> {
  const attachment = await find(tx, attachmentId)
  if (!attachment) return false
  await tx.db.volumeAttachment.deleteMany({ where: { id: attachmentId } })
  await settleByAttachments(tx, attachment.volumeId)
  return true
}
