import { defineVerb } from '../../kernel/index.ts'
import type { ImageRow } from '../images/row.ts'
import { changeTags, taggedImage } from './change.ts'

/** Adds a tag to an image; one that is there already is fine. @throws NephosError not_found, forbidden, invalid_input */
export const addImageTag = defineVerb({
  name: 'image.tags.add',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: taggedImage,
  run: ({ ctx, input: { id, tag } }): Promise<ImageRow> =>
    changeTags(ctx, 'image.tags.add', id, (before) => [...before, tag]),
})
