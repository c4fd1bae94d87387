import { confirmDueResizes } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Confirms the resizes that nobody judged in time. */
export const confirmDue = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'confirm-resizes',
  everyMs: 10_000,
  run: async () => {
    const confirmed = await confirmDueResizes(ctx)
    if (confirmed.length > 0)
      services.log.info({ instances: confirmed }, 'resizes were confirmed by themselves')
  },
})
