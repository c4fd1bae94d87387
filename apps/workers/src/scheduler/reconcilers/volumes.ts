import { recountBackends, seedVolumeTypesOfBackends, settleStuckVolumes } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Gives each kind of back end that appears a type of volumes. */
export const keepVolumeTypes = ({ services }: ReconcilerDeps): Reconciler => ({
  name: 'volume-types',
  everyMs: 10_000,
  run: async () => {
    const types = await seedVolumeTypesOfBackends(services)
    if (types.length > 0) services.log.info({ types }, 'types of volumes were made for new back ends')
  },
})

/** Ends what volumes wait for in vain, and corrects what back ends have promised. */
export const repairVolumes = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'volumes',
  everyMs: 30_000,
  run: async () => {
    const settled = await settleStuckVolumes(ctx)
    if (settled.length > 0)
      services.log.warn({ volumes: settled }, 'volumes were freed of work that has ended')
    const backends = await recountBackends(services.db)
    if (backends.length > 0) services.log.warn({ backends }, 'the room of back ends was corrected')
  },
})
