import { tagInput } from '../../compute/instances/tags.ts'
import { defineVerb } from '../../kernel/index.ts'
import { changeTags, type TagsChanged, taggedInput } from './change-tags.ts'

/** Adds a tag; one that is there already is fine. @throws NephosError not_found, forbidden, invalid_input */
export const addTag = defineVerb({
  name: 'network.tags.add',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: taggedInput.extend({ tag: tagInput }),
  run: ({ ctx, input: { tag, ...of } }): Promise<TagsChanged> =>
    changeTags(ctx, of, 'network.tags.add', (before) => [...before, tag]),
})
