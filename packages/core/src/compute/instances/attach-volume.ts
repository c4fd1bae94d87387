import { z } from 'zod'
import { defineVerb, isAdmin, requireProject } from '../../kernel/index.ts'
import { reserveVolume } from '../../volume/attachments/reserve.ts'
import { chooseDevice } from '../volumes/devices.ts'
import { diskNamesOf } from '../volumes/disk-names.ts'
import { requireReachable } from '../volumes/reach.ts'
import { type ActionAccepted, beginAction } from './act.ts'

/** A volume that is being attached. */
export interface InstanceVolumeAccepted extends ActionAccepted {
  attachmentId: string
  volumeId: string
  /** Place among the disks; a guest may call it otherwise. */
  device: string | null
}

/** What `compute.instances.attachVolume` takes. */
export const attachVolumeInput = z.object({
  id: z.uuid(),
  volumeId: z.uuid('Choose a volume.'),
  /** `/dev/vdc`; the first that is free where it is missing. */
  device: z.string().trim().min(1).max(64).nullish(),
  /** What the guest finds it by in its metadata. */
  tag: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[^,/]*$/, 'A tag has neither commas nor slashes.')
    .nullish(),
  /** The volume is deleted together with the instance. */
  deleteOnTermination: z.boolean().default(false),
  /** The guest cannot write to it. */
  readOnly: z.boolean().default(false),
})

/**
 * Attaches a volume to an instance: a guest that runs sees it within moments, any other at its next start.
 * @throws NephosError not_found, invalid_input, conflict saying why it is not possible now
 */
export const attachVolume = defineVerb({
  name: 'compute.instances.attachVolume',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: attachVolumeInput,
  run: async ({ ctx, input }): Promise<InstanceVolumeAccepted> => {
    const { id, volumeId } = input
    const attached = { attachmentId: '', device: null as string | null }
    const accepted = await beginAction(ctx, {
      id,
      action: 'attachVolume',
      verb: 'compute.instances.attachVolume',
      saga: 'instance-attach-volume',
      alongside: async (tx, record) => {
        const device = chooseDevice(await diskNamesOf(tx, id), input.device ?? null)
        const attachment = await reserveVolume(tx, {
          volumeId,
          instanceId: id,
          // A volume belongs to the project of its instance, whoever attaches it.
          projectId: isAdmin(ctx.actor) ? record.projectId : requireProject(ctx).id,
          mode: input.readOnly ? 'ro' : 'rw',
          device,
          deleteOnTermination: input.deleteOnTermination,
          tag: input.tag ?? null,
        })
        if (record.host) await requireReachable(tx, [volumeId], record.host.name)
        Object.assign(attached, { attachmentId: attachment.id, device: attachment.device })
        return { input: { attachmentId: attachment.id, volumeId } }
      },
    })
    return { ...accepted, ...attached, volumeId }
  },
})
