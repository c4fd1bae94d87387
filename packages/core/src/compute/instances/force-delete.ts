import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'
import { deleteOnLostHost } from './delete-on-lost-host.ts'
import { findInstance } from './find.ts'

/**
 * Deletes an instance for good, also where deleted ones are kept in the bin for a while. @throws NephosError
 * not_found, conflict when locked
 */
export const forceDeleteInstance = defineVerb({
  name: 'compute.instances.forceDelete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }) => {
    const { hostId } = await findInstance(ctx, id)
    const accepted = await beginAction(ctx, {
      id,
      action: 'forceDelete',
      verb: 'compute.instances.forceDelete',
      saga: 'instance-delete',
      supersedes: true,
      allowUnplaced: true,
    })
    if (hostId) await deleteOnLostHost(ctx, { operationId: accepted.operationId, hostId })
    return accepted
  },
})
