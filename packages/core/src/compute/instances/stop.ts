import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Asks the guest to power off, and forces it after the configured time. @throws NephosError not_found, conflict */
export const stopInstance = defineVerb({
  name: 'compute.instances.stop',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, { id, action: 'stop', verb: 'compute.instances.stop', saga: 'instance-stop' }),
})
