import { buildElsewhere, forgiveFailedBuilds, isHostFault, systemCtx } from '@nephos/core'
import type { Failure, Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import type { InstanceState } from './load.ts'

/** Hosts of this process on which a build has failed since the last success, as far as is known. */
const suspects = new WeakMap<ComputeDeps, boolean>()

/**
 * For a saga that builds an instance on the host that the scheduler chose: when that failed by the host's fault, and
 * everything was undone, the scheduler looks for another host.
 */
export const handOnBuild =
  (deps: ComputeDeps): NonNullable<Saga<InstanceState>['handOn']> =>
  async ({ operation, record }, failure: Failure, leaseToken) => {
    if (!isHostFault(failure)) return false
    suspects.set(deps, true)
    const ctx = systemCtx(deps.services, `compute on ${deps.hostName}`, operation.requestId)
    return buildElsewhere(ctx, {
      operationId: operation.id,
      leaseToken,
      instanceId: record.id,
      hostName: deps.hostName,
      failure,
    })
  }

/** A build has succeeded here. Costs a statement only after a failure, and once after the start of the process. */
export async function buildSucceeded(deps: ComputeDeps): Promise<void> {
  if (suspects.get(deps) === false) return
  suspects.set(deps, false)
  await forgiveFailedBuilds(systemCtx(deps.services, `compute on ${deps.hostName}`), deps.hostName)
}
