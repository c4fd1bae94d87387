import { expireMetrics } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Deletes measurements whose time is over. */
export const removeExpiredMetrics = ({ ctx }: ReconcilerDeps): Reconciler => ({
  name: 'expired-metrics',
  everyMs: 60_000,
  run: () => expireMetrics(ctx),
})
