import { tagInput } from '../../compute/instances/tags.ts'
import { defineVerb, notFound } from '../../kernel/index.ts'
import { changeTags, type TagsChanged, taggedInput } from './change-tags.ts'

/** Takes a tag off. @throws NephosError not_found, also when the tag is not there; forbidden */
export const removeTag = defineVerb({
  name: 'network.tags.remove',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: taggedInput.extend({ tag: tagInput }),
  run: ({ ctx, input: { tag, ...of } }): Promise<TagsChanged> =>
    changeTags(ctx, of, 'network.tags.remove', (before) => {
      if (!before.includes(tag)) throw notFound('tag', tag)
      return before.filter((each) => each !== tag)
    }),
})
