import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Ends a rescue: the instance starts from its own disk again. @throws NephosError not_found, conflict */
export const unrescueInstance = defineVerb({
  name: 'compute.instances.unrescue',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, {
      id,
      action: 'unrescue',
      verb: 'compute.instances.unrescue',
      saga: 'instance-unrescue',
    }),
})
