import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Saves the memory of an instance to its host's disk and ends its machine; the host's memory is free then. @throws NephosError not_found, conflict */
export const suspendInstance = defineVerb({
  name: 'compute.instances.suspend',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, { id, action: 'suspend', verb: 'compute.instances.suspend', saga: 'instance-suspend' }),
})
