import { reclaimInstances } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Empties the bin of deleted instances whose time is over. */
export const emptyBin = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'reclaim-instances',
  everyMs: 30_000,
  run: async () => {
    const reclaimed = await reclaimInstances(ctx)
    if (reclaimed.length > 0) services.log.info({ instances: reclaimed }, 'deleted instances are reclaimed')
  },
})
