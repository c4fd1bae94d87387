import { startDueBackups } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Starts the backups of instances that are due. */
export const startBackups = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'due-backups',
  everyMs: 20_000,
  run: async () => {
    const instances = await startDueBackups(ctx)
    if (instances.length > 0) services.log.info({ instances }, 'backups were started')
  },
})
