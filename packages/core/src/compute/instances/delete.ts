import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/**
 * Deletes an instance in whatever state it is, also while it is being created: what still runs for it is cancelled.
 * Asked again while it is deleting, it answers with the operation under way.
 * @throws NephosError not_found, conflict when locked
 */
export const deleteInstance = defineVerb({
  name: 'compute.instances.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, {
      id,
      action: 'delete',
      verb: 'compute.instances.delete',
      saga: 'instance-delete',
      supersedes: true,
      allowUnplaced: true,
    }),
})
