import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/**
 * Brings a shelved instance back: on its host if it is still there, otherwise on the one that the scheduler chooses.
 * The image that kept its disk is deleted once it runs.
 * @throws NephosError not_found, conflict
 */
export const unshelveInstance = defineVerb({
  name: 'compute.instances.unshelve',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, {
      id,
      action: 'unshelve',
      verb: 'compute.instances.unshelve',
      saga: 'instance-unshelve',
      allowUnplaced: true,
    }),
})
