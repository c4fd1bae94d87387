import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Starts a stopped instance. @throws NephosError not_found, conflict */
export const startInstance = defineVerb({
  name: 'compute.instances.start',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, { id, action: 'start', verb: 'compute.instances.start', saga: 'instance-start' }),
})
