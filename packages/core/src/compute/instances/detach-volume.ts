import { z } from 'zod'
import { conflict, defineVerb, isAdmin, requireProject } from '../../kernel/index.ts'
import { beginDetach } from '../../volume/attachments/change.ts'
import { beginAction } from './act.ts'
import type { InstanceVolumeAccepted } from './attach-volume.ts'

/**
 * Takes a volume from an instance, also while it runs: the guest has to let go of it. What is on the volume stays.
 * @throws NephosError not_found, conflict
 */
export const detachVolume = defineVerb({
  name: 'compute.instances.detachVolume',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), volumeId: z.uuid() }),
  run: async ({ ctx, input: { id, volumeId } }): Promise<InstanceVolumeAccepted> => {
    const detached = { attachmentId: '', device: null as string | null }
    const accepted = await beginAction(ctx, {
      id,
      action: 'detachVolume',
      verb: 'compute.instances.detachVolume',
      saga: 'instance-detach-volume',
      alongside: async (tx) => {
        const projectId = isAdmin(ctx.actor) ? null : requireProject(ctx).id
        const attachment = await beginDetach(tx, { volumeId, instanceId: id, projectId })
        if (attachment.bootIndex === 0)
          throw conflict('The volume is the root disk of the instance; it cannot be detached.', {
            remedy: 'Delete the instance: the volume stays unless it is deleted with it.',
          })
        Object.assign(detached, { attachmentId: attachment.id, device: attachment.device })
        return { input: { attachmentId: attachment.id, volumeId } }
      },
    })
    return { ...accepted, ...detached, volumeId }
  },
})
