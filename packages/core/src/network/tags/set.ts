import { defineVerb } from '../../kernel/index.ts'
import { changeTags, type TagsChanged, taggedInput } from './change-tags.ts'
import { tagsField } from './input.ts'

/** Gives something exactly these tags. @throws NephosError not_found, forbidden, invalid_input */
export const setTags = defineVerb({
  name: 'network.tags.set',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: taggedInput.extend({ tags: tagsField }),
  run: ({ ctx, input: { tags, ...of } }): Promise<TagsChanged> =>
    changeTags(ctx, of, 'network.tags.set', () => tags),
})
