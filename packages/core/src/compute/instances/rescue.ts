import { z } from 'zod'
import { usableImages } from '../../image/images/find.ts'
import { conflict, defineVerb, invalid, reader } from '../../kernel/index.ts'
import { beginAction } from './act.ts'
import { findInstance } from './find.ts'

/**
 * Starts an instance from a temporary disk, with its own disk as the second one, so that it can be repaired. The
 * temporary disk is made from `imageId`, or from the image that the instance was made from.
 * @throws NephosError not_found, invalid_input, conflict
 */
export const rescueInstance = defineVerb({
  name: 'compute.instances.rescue',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), imageId: z.uuid().optional() }),
  run: async ({ ctx, input: { id, imageId: chosen } }) => {
    const record = await findInstance(ctx, id)
    const imageId = chosen ?? record.imageId
    const image = imageId
      ? await reader(ctx).image.findFirst({
          where: { id: imageId, ...usableImages(record.projectId) },
          select: { name: true, status: true, diskFormat: true },
        })
      : null
    const usable = image?.status === 'active' && ['qcow2', 'raw'].includes(image.diskFormat ?? '')
    if (!usable && chosen)
      throw invalid(
        'imageId',
        image && image.status !== 'deleted'
          ? `The image ${image.name} cannot be booted from.`
          : `No image ${chosen} was found.`,
        'Choose an active image with a disk in qcow2 or raw format.',
      )
    if (!usable || !imageId)
      throw conflict('The image that the instance was made from is not there any more.', {
        field: 'imageId',
        remedy: 'Choose the image to rescue it with.',
      })
    return beginAction(ctx, {
      id,
      action: 'rescue',
      verb: 'compute.instances.rescue',
      saga: 'instance-rescue',
      input: { imageId },
    })
  },
})
