import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { changeTags, tagInput } from './tags.ts'

/** Adds a tag to an instance; one that it has already is fine. @throws NephosError not_found, invalid_input, conflict */
export const addInstanceTag = defineVerb({
  name: 'compute.instances.addTag',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), tag: tagInput }),
  run: ({ ctx, input: { id, tag } }) =>
    changeTags(ctx, id, 'compute.instances.addTag', (before) => [...before, tag]),
})
