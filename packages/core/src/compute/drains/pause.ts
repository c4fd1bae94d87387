import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { decideDrain } from './decide.ts'

/** Lets no further instance move; those that are moving come to their end. @throws NephosError not_found, conflict */
export const pauseDrain = defineVerb({
  name: 'compute.drains.pause',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    decideDrain(ctx, { id, verb: 'compute.drains.pause', from: ['running'], to: 'paused' }),
})
