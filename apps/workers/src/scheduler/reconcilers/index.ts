import { runEvery, withLease } from '@nephos/jobs'
import { confirmDue } from './confirm-due.ts'
import { detectDownServices } from './down-services.ts'
import { leadDrains } from './drains.ts'
import { startBackups } from './due-backups.ts'
import { expireCredentials } from './expired-credentials.ts'
import { removeExpiredMetrics } from './expired-metrics.ts'
import { recountUsage } from './host-usage.ts'
import { deleteWithoutHosts } from './lost-host-deletes.ts'
import { sweepOutbox } from './outbox.ts'
import { recountQuota } from './quota-usage.ts'
import { emptyBin } from './reclaim-instances.ts'
import type { ReconcilerDeps } from './reconciler.ts'
import { settleRouters } from './routers.ts'
import { offloadShelved } from './shelved-instances.ts'
import { sweepOperations } from './stuck-operations.ts'
import { freeStuckTasks } from './stuck-tasks.ts'
import { keepVolumeTypes, repairVolumes } from './volumes.ts'

const all = [
  sweepOutbox,
  sweepOperations,
  freeStuckTasks,
  emptyBin,
  recountUsage,
  recountQuota,
  detectDownServices,
  deleteWithoutHosts,
  confirmDue,
  leadDrains,
  expireCredentials,
  startBackups,
  offloadShelved,
  removeExpiredMetrics,
  settleRouters,
  keepVolumeTypes,
  repairVolumes,
]
const leaseMs = 15_000

/** Starts the reconcilers of the whole cloud. Of several schedulers, one at a time runs each. */
export function startReconcilers(deps: ReconcilerDeps): { stop: () => Promise<void> } {
  const { db, log, queue } = deps.services
  const loops = all.map((make) => {
    const { name, everyMs, run } = make(deps)
    return runEvery({
      name,
      everyMs,
      log,
      run: () =>
        withLease(
          { db, name: `reconcile-${name}`, owner: queue.owner, ttlMs: Math.max(leaseMs, everyMs * 2) },
          run,
        ),
    })
  })
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
