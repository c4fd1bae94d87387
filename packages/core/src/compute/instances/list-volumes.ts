import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { findInstance } from './find.ts'

/** A volume of an instance. */
export interface InstanceVolumeRow {
  attachmentId: string
  volumeId: string
  name: string
  sizeGib: number
  typeName: string
  /** Status of the volume: in_use, detaching, … */
  volumeStatus: string
  /** reserved, attaching, attached, detaching, error_attaching or error_detaching */
  status: string
  /** Place among the disks; a guest may call it otherwise. */
  device: string | null
  /** 0: the root disk; null: it is not booted from. */
  bootIndex: number | null
  readOnly: boolean
  encrypted: boolean
  multiattach: boolean
  deleteOnTermination: boolean
  tag: string | null
  attachedAt: Date | null
  /** Why the last attempt to change it failed. */
  failure: string | null
}

/** The volumes of an instance, in the order of its disks. @throws NephosError not_found */
export const listInstanceVolumes = defineVerb({
  name: 'compute.instances.volumes',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<InstanceVolumeRow[]> => {
    await findInstance(ctx, id)
    const attachments = await reader(ctx).volumeAttachment.findMany({
      where: { instanceId: id },
      include: { volume: { include: { type: { select: { name: true } } } } },
      orderBy: [{ device: 'asc' }, { id: 'asc' }],
    })
    return attachments.map(({ id: attachmentId, volume, mode, ...attachment }) => ({
      attachmentId,
      volumeId: volume.id,
      name: volume.name,
      sizeGib: volume.sizeGib,
      typeName: volume.type.name,
      volumeStatus: volume.status,
      status: attachment.status,
      device: attachment.device,
      bootIndex: attachment.bootIndex,
      readOnly: mode === 'ro',
      encrypted: volume.encrypted,
      multiattach: volume.multiattach,
      deleteOnTermination: attachment.deleteOnTermination,
      tag: attachment.tag,
      attachedAt: attachment.attachedAt,
      failure: attachment.failure,
    }))
  },
})
