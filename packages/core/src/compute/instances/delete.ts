import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'
import { deleteOnLostHost } from './delete-on-lost-host.ts'
import { findInstance } from './find.ts'

/** What cannot be brought back as it was. */
const neverInBin: readonly string[] = [
  'building',
  'error',
  'resized',
  'shelved',
  'shelved_offloaded',
  'soft_deleted',
]

/**
 * Deletes an instance. Where the cloud has a bin (`reclaim_instance_interval`) one that was built is stopped and kept
 * there for a while; what is in the bin already, or never ran, is removed for good. It is deleted in whatever state it is, also while it is being created: what still runs for it is cancelled.
 * Asked again while it is deleting, it answers with the operation under way. Where its host is lost it is deleted without it.
 * @throws NephosError not_found, conflict when locked
 */
export const deleteInstance = defineVerb({
  name: 'compute.instances.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }) => {
    const { hostId, launchedAt, vmState } = await findInstance(ctx, id)
    const toBin =
      ctx.config.reclaimInstanceInterval > 0 && hostId && launchedAt && !neverInBin.includes(vmState)
    const accepted = await beginAction(ctx, {
      id,
      action: 'delete',
      verb: 'compute.instances.delete',
      saga: toBin ? 'instance-soft-delete' : 'instance-delete',
      supersedes: true,
      allowUnplaced: true,
      ...(toBin && { input: { before: vmState } }),
    })
    if (hostId) await deleteOnLostHost(ctx, { operationId: accepted.operationId, hostId })
    return accepted
  },
})
