import { sweepStuckOperations } from '@nephos/jobs'
import { jobOf } from '../job-of.ts'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Enqueues operations again that have work left and no message anywhere. */
export const sweepOperations = ({ services }: ReconcilerDeps): Reconciler => ({
  name: 'stuck-operations',
  everyMs: 20_000,
  run: () =>
    sweepStuckOperations({
      db: services.db,
      bus: services.queue.bus,
      relay: services.queue.relay,
      log: services.log,
      publish: services.queue.publish,
      jobFor: jobOf(services),
    }),
})
