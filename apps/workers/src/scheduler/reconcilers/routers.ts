import { type MissedHosts, placeRouters } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Gives hosts to routers without one, and others to those whose host is down, gone or under maintenance. */
export function settleRouters({ services, ctx }: ReconcilerDeps): Reconciler {
  const missed: MissedHosts = new Map()
  return {
    name: 'routers',
    everyMs: 5_000,
    run: async () => {
      const placed = await placeRouters(ctx, { missed })
      const moved = placed.filter(({ from }) => from !== null)
      if (moved.length > 0) services.log.warn({ moved }, 'routers have moved to other hosts')
    },
  }
}
