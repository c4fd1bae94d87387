import { removeExpiredCredentials } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Deletes sessions and tokens that ended long ago, and counters of failed logins. */
export const expireCredentials = ({ services }: ReconcilerDeps): Reconciler => ({
  name: 'expired-credentials',
  everyMs: 10 * 60_000,
  run: () => removeExpiredCredentials(services),
})
