import { z } from 'zod'
import { defineVerb, notFound } from '../../kernel/index.ts'
import { changeTags, tagInput } from './tags.ts'

/** Takes a tag off an instance. @throws NephosError not_found, also when the instance does not have it; conflict */
export const removeInstanceTag = defineVerb({
  name: 'compute.instances.removeTag',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), tag: tagInput }),
  run: ({ ctx, input: { id, tag } }) =>
    changeTags(ctx, id, 'compute.instances.removeTag', (before) => {
      if (!before.includes(tag)) throw notFound('tag', tag)
      return before.filter((each) => each !== tag)
    }),
})
