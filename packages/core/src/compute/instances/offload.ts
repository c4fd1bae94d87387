import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Takes a shelved instance off its host at once, instead of after the configured time. @throws NephosError not_found, conflict */
export const offloadInstance = defineVerb({
  name: 'compute.instances.shelveOffload',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, {
      id,
      action: 'shelveOffload',
      verb: 'compute.instances.shelveOffload',
      saga: 'instance-offload',
    }),
})
