import type { WorkerRole } from './arguments.ts'
import type { RoleDeps, RunningRole } from './role.ts'

/** How each role is started. Loaded when needed: a process carries only the code of its roles. */
export const startRole: Record<WorkerRole, (deps: RoleDeps) => Promise<RunningRole>> = {
  scheduler: async (deps) => (await import('./scheduler/worker.ts')).startSchedulerWorker(deps),
  image: async (deps) => (await import('./image/worker.ts')).startImageWorker(deps),
  network: async (deps) => (await import('./network/worker.ts')).startNetworkWorker(deps),
  volume: async (deps) => (await import('./volume/worker.ts')).startVolumeWorker(deps),
  compute: async (deps) => (await import('./compute/worker.ts')).startComputeWorker(deps),
}
