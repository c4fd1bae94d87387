import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { changeTags, tagsInput } from './tags.ts'

/** Gives an instance exactly these tags. @throws NephosError not_found, invalid_input, conflict */
export const setInstanceTags = defineVerb({
  name: 'compute.instances.setTags',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), tags: tagsInput }),
  run: ({ ctx, input: { id, tags } }) => changeTags(ctx, id, 'compute.instances.setTags', () => tags),
})
