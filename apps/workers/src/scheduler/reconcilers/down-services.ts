import { announceDownHosts } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Announces hosts whose workers have fallen silent. */
export function detectDownServices({ services, ctx }: ReconcilerDeps): Reconciler {
  // At start everything that fell silent in the last hour is announced once more.
  let since = new Date(Date.now() - 3_600_000)
  return {
    name: 'down-services',
    everyMs: 5_000,
    run: async () => {
      const now = new Date()
      const down = await announceDownHosts(ctx, since, now)
      since = now
      if (down.length > 0) services.log.warn({ hosts: down }, 'services gave no sign of life')
    },
  }
}
