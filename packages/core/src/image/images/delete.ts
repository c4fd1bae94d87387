import type { Image } from '@nephos/db'
import { conflict, defineVerb, type MutationTx, mutate, NephosError } from '../../kernel/index.ts'
import { imageId } from './fields.ts'
import { findOwnImage } from './find.ts'
import { imageChanged } from './row.ts'

/**
 * Deletes an image. It is gone from every list at once; an operation then removes its file. Instances made from it
 * go on: their hosts have their own copy.
 * @throws NephosError forbidden when it is protected
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
export async function beginImageDelete(tx: MutationTx, image: Image): Promise<string | null> {
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
