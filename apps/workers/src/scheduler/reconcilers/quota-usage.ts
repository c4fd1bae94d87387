import { confirmedDrift, correctQuota, findQuotaDrift, type QuotaDrift } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Corrects quota counters that differ from what there is, in two rounds after each other. */
export function recountQuota({ services }: ReconcilerDeps): Reconciler {
  let before: QuotaDrift[] = []
  return {
    name: 'quota-usage',
    everyMs: 60_000,
    run: async () => {
      const now = await findQuotaDrift(services.db)
      const corrected = await correctQuota(services.db, confirmedDrift(before, now))
      before = now
      if (corrected.length > 0)
        services.log.warn({ corrected }, 'quota counters were wrong and were corrected')
    },
  }
}
