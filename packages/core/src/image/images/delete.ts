import type { Tx } from '@nephos/db'
import { conflict, defineVerb, type MutationTx, mutate, NephosError } from '../../kernel/index.ts'
import { imageId } from './fields.ts'
import { findOwnImage } from './find.ts'
import { type ImageWithParts, imageChanged } from './row.ts'

/**
 * Deletes an image. It is gone from every list at once; an operation then removes its file. Instances made from it
 * go on: their hosts have their own copy. {@link imageUsage} says what that concerns.
 * @throws NephosError forbidden when it is protected, conflict while something is being made from it
 */
export const deleteImage = defineVerb({
  name: 'image.images.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: imageId,
  run: ({ ctx, input: { id } }): Promise<{ operationId: string }> =>
    mutate(ctx, async (tx) => {
      const image = await findOwnImage(ctx, id, tx.db)
      if (image.protected)
        throw new NephosError('forbidden', `Image ${image.name} is protected and cannot be deleted.`, {
          remedy: 'Take the protection off first.',
        })
      if (ctx.actor.kind === 'user') await refuseInUse(tx.db, image)
      const operationId = await beginImageDelete(tx, image)
      if (!operationId)
        throw conflict(`Image ${image.name} was just changed by someone else.`, { remedy: 'Try again.' })
      return { operationId }
    }),
})

/**
 * Hides an image that is not protected and starts the operation that removes it.
 * @returns the operation's id, or null when somebody else changed the image meanwhile: nothing was written
 */
export async function beginImageDelete(tx: MutationTx, image: ImageWithParts): Promise<string | null> {
  const { count } = await tx.db.image.updateMany({
    where: { id: image.id, generation: image.generation, protected: false },
    data: {
      status: 'deleted',
      uploadToken: null,
      uploadExpiresAt: null,
      uploadedBytes: null,
      uploadSize: null,
      generation: { increment: 1 },
    },
  })
  if (count === 0) return null
  const operationId = tx.operation({
    kind: 'image-delete',
    projectId: image.projectId,
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
  })
  tx.job('image.delete', { operationId, imageId: image.id })
  tx.audit({
    verb: 'image.images.delete',
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
    projectId: image.projectId,
  })
  imageChanged(tx, 'deleted', image)
  return operationId
}

/** What is just being made needs the file; what is made has its own copy. */
async function refuseInUse(db: Tx, image: ImageWithParts): Promise<void> {
  const instances = await db.instance.count({ where: { imageId: image.id, vmState: 'building' } })
  const volumes = await db.volume.count({
    where: { imageId: image.id, status: { in: ['creating', 'downloading'] } },
  })
  if (instances + volumes === 0) return
  const parts = [
    instances > 0 && `${instances} ${instances === 1 ? 'instance' : 'instances'}`,
    volumes > 0 && `${volumes} ${volumes === 1 ? 'volume' : 'volumes'}`,
  ].filter(Boolean)
  throw conflict(
    `${parts.join(' and ')} ${instances + volumes === 1 ? 'is' : 'are'} just being made from image ${image.name}.`,
    { remedy: 'Try again when that is done.', detail: { reason: 'in_use', instances, volumes } },
  )
}
