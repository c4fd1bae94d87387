import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/**
 * Reboots an instance. `soft` asks the guest and falls back to hard; `hard` is a power cycle, which also ends a
 * reboot that hangs. @throws NephosError not_found, conflict
 */
export const rebootInstance = defineVerb({
  name: 'compute.instances.reboot',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), type: z.enum(['soft', 'hard']).default('soft') }),
  run: ({ ctx, input: { id, type } }) =>
    beginAction(ctx, {
      id,
      action: type === 'hard' ? 'rebootHard' : 'rebootSoft',
      verb: 'compute.instances.reboot',
      saga: 'instance-reboot',
      input: { type },
      supersedes: type === 'hard',
    }),
})
