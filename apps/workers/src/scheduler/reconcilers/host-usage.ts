import { recountHosts, releaseStrayAllocations } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Makes the usage of hosts the sum of what is really allocated on them. */
export const recountUsage = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'host-usage',
  everyMs: 60_000,
  run: async () => {
    const strays = await releaseStrayAllocations(ctx)
    if (strays.length > 0) services.log.warn({ instances: strays }, 'stray allocations were given back')
    const hosts = await recountHosts(ctx)
    if (hosts.length > 0) services.log.warn({ hosts }, 'the usage of hosts was wrong and was corrected')
  },
})
