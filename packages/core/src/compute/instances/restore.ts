import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Takes an instance out of the bin: it is what it was before its deletion, running or stopped. @throws NephosError not_found, conflict */
export const restoreInstance = defineVerb({
  name: 'compute.instances.restore',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, { id, action: 'restore', verb: 'compute.instances.restore', saga: 'instance-restore' }),
})
