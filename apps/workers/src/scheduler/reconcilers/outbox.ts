import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Publishes what committed but was not published: NATS was away, or a process ended in between. */
export const sweepOutbox = ({ services }: ReconcilerDeps): Reconciler => ({
  name: 'outbox',
  everyMs: 1_000,
  run: () => services.queue.relay.sweep(),
})
