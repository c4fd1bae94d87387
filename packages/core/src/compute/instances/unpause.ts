import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Lets a paused instance go on. @throws NephosError not_found, conflict */
export const unpauseInstance = defineVerb({
  name: 'compute.instances.unpause',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, { id, action: 'unpause', verb: 'compute.instances.unpause', saga: 'instance-unpause' }),
})
