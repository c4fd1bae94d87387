import { defineVerb, notFound } from '../../kernel/index.ts'
import type { ImageRow } from '../images/row.ts'
import { changeTags, taggedImage } from './change.ts'

/** Takes a tag off an image. @throws NephosError not_found for a tag that it does not have, forbidden */
export const removeImageTag = defineVerb({
  name: 'image.tags.remove',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: taggedImage,
  run: ({ ctx, input: { id, tag } }): Promise<ImageRow> =>
    changeTags(ctx, 'image.tags.remove', id, (before) => {
      if (!before.includes(tag)) throw notFound('tag', tag)
      return before.filter((one) => one !== tag)
    }),
})
