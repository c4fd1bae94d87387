import { advanceDrains } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Leads the drains of hosts. */
export const leadDrains = ({ ctx }: ReconcilerDeps): Reconciler => ({
  name: 'drains',
  everyMs: 2_000,
  run: () => advanceDrains(ctx),
})
