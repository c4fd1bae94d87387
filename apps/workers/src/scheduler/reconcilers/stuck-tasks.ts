import { recoverStuckInstances } from '@nephos/core'
import type { Reconciler, ReconcilerDeps } from './reconciler.ts'

/** Frees instances whose task goes on although its operation has ended. */
export const freeStuckTasks = ({ services, ctx }: ReconcilerDeps): Reconciler => ({
  name: 'stuck-tasks',
  everyMs: 30_000,
  run: async () => {
    const freed = await recoverStuckInstances(ctx)
    if (freed.length > 0) services.log.warn({ instances: freed }, 'instances were freed of a stuck task')
  },
})
