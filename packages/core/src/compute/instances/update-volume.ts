import { z } from 'zod'
import { defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { instanceChanged } from './changed.ts'
import { findInstance } from './find.ts'

/**
 * Says whether a volume of an instance is deleted together with it.
 * @throws NephosError not_found
 */
export const updateInstanceVolume = defineVerb({
  name: 'compute.instances.updateVolume',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), volumeId: z.uuid(), deleteOnTermination: z.boolean() }),
  run: ({ ctx, input: { id, volumeId, deleteOnTermination } }): Promise<{ volumeId: string }> =>
    mutate(ctx, async (tx) => {
      const record = await findInstance(ctx, id, tx.db)
      const { count } = await tx.db.volumeAttachment.updateMany({
        where: { instanceId: id, volumeId },
        data: { deleteOnTermination, generation: { increment: 1 } },
      })
      if (count === 0) throw notFound('attached volume', volumeId)
      tx.audit({
        verb: 'compute.instances.updateVolume',
        resourceType: 'instance',
        resourceId: id,
        resourceName: record.name,
        projectId: record.projectId,
        detail: { volumeId, deleteOnTermination },
      })
      instanceChanged(tx, 'updated', record)
      return { volumeId }
    }),
})
