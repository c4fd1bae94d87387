import { type Ctx, fromZod } from '../../kernel/index.ts'
import { editImage } from '../images/edit.ts'
import { imageFields, imageId, imageTag } from '../images/fields.ts'
import type { ImageRow } from '../images/row.ts'
import { writeTags } from './write.ts'

/** An image and one of its tags. */
export const taggedImage = imageId.extend({ tag: imageTag })

/** Changes the tags of an image to what `next` makes of them. @throws NephosError invalid_input for too many */
export const changeTags = (
  ctx: Ctx,
  verb: string,
  id: string,
  next: (before: string[]) => string[],
): Promise<ImageRow> =>
  editImage(ctx, verb, id, async (image, { db }) => {
    const before = image.tags.map(({ tag }) => tag)
    const parsed = imageFields.tags.safeParse(next(before))
    if (!parsed.success) throw fromZod(parsed.error)
    const changed = await writeTags(db, image, parsed.data)
    return changed ? { detail: { before, after: parsed.data } } : null
  })
