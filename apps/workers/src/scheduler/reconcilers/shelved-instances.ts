import { offloadDueInstances } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Takes shelved instances off their hosts once their time has come. */
export const offloadShelved = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'shelved-instances',
  everyMs: 30_000,
  run: async () => {
    const instances = await offloadDueInstances(ctx)
    if (instances.length > 0) services.log.info({ instances }, 'shelved instances leave their hosts')
  },
})
