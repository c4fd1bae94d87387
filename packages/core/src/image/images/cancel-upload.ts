import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { backToQueued } from '../uploads/lease.ts'
import { dropStaging } from '../uploads/staging.ts'
import { imageId } from './fields.ts'
import { findOwnImage, ownProject } from './find.ts'
import { type ImageRow, imageRow } from './row.ts'

/**
 * Stops an upload, or gives up a staged file. What has arrived is thrown away and the image waits for data again.
 * @throws NephosError conflict when nothing is being uploaded
 */
export const cancelImageUpload = defineVerb({
  name: 'image.images.cancelUpload',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: imageId,
  run: async ({ ctx, input: { id } }): Promise<ImageRow> => {
    const row = await mutate(ctx, async (tx) => {
      const image = await findOwnImage(ctx, id, tx.db)
      const queued =
        (image.uploadToken || image.status === 'uploading') &&
        (await backToQueued(tx, image, 'The upload was cancelled.'))
      if (!queued)
        throw conflict(`Nothing is being uploaded to image ${image.name}.`, {
          detail: { status: image.status },
        })
      tx.audit({
        verb: 'image.images.cancelUpload',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId: image.projectId,
      })
      return imageRow(queued, ownProject(ctx))
    })
    await dropStaging(ctx.config, id)
    return row
  },
})
