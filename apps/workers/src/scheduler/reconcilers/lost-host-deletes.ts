import { deleteOnLostHosts } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Carries out deletes that wait for a host which is lost. */
export const deleteWithoutHosts = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'lost-host-deletes',
  everyMs: 15_000,
  run: async () => {
    const operations = await deleteOnLostHosts(ctx)
    if (operations.length > 0)
      services.log.warn({ operations }, 'instances of lost hosts were deleted without them')
  },
})
