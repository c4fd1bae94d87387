import { type Ctx, conflict, defineVerb } from '../../kernel/index.ts'
import { type ImageStatus, whyNotImage } from '../states.ts'
import { editImage } from './edit.ts'
import { imageId } from './fields.ts'
import type { ImageRow } from './row.ts'

const turn = (ctx: Ctx, id: string, action: 'deactivate' | 'reactivate'): Promise<ImageRow> =>
  editImage(ctx, `image.images.${action}`, id, (image) => {
    const status = action === 'deactivate' ? 'deactivated' : 'active'
    if (image.status === status) return null
    const reason = whyNotImage(action, image.status as ImageStatus)
    if (reason)
      throw conflict(`Image ${image.name} cannot be ${action}d. ${reason}`, {
        detail: { status: image.status },
      })
    return { columns: { status } }
  })

/**
 * Takes an image out of use: nothing new is made from it and nobody but administrators reads it. Instances go on.
 * @throws NephosError conflict for an image without a file
 */
export const deactivateImage = defineVerb({
  name: 'image.images.deactivate',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: imageId,
  run: ({ ctx, input: { id } }): Promise<ImageRow> => turn(ctx, id, 'deactivate'),
})

/** Puts a deactivated image back into use. @throws NephosError conflict for one that is not deactivated */
export const reactivateImage = defineVerb({
  name: 'image.images.reactivate',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: imageId,
  run: ({ ctx, input: { id } }): Promise<ImageRow> => turn(ctx, id, 'reactivate'),
})
