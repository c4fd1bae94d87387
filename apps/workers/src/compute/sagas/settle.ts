import {
  faultOf,
  type InstanceChanges,
  type InstanceRecord,
  instanceChanged,
  instanceSelect,
  type MutationTx,
  mutate,
  NephosError,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { Failure } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import type { InstanceState } from './load.ts'
import { vmStateNow } from './vm-state-now.ts'

const ctxOf = ({ services, hostName }: ComputeDeps, { operation }: InstanceState) =>
  systemCtx(services, `compute on ${hostName}`, operation.requestId)

/**
 * Writes the states that a saga ends with, and announces them.
 * @param alongside written in the same transaction
 * @throws NephosError conflict when others wrote first
 */
export const settle = (
  deps: ComputeDeps,
  state: InstanceState,
  changes: InstanceChanges,
  alongside: (tx: MutationTx) => Promise<void> = async () => {},
): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    const written = await writeInstanceState(tx.db, state.record, changes)
    if (!written)
      throw new NephosError('conflict', 'The instance was changed by others while the work was going on.')
    await alongside(tx)
    instanceChanged(tx, 'updated', written)
    state.record = written
  })

/**
 * Ends an action that failed: the task is over, the fault says why, and the states are what the hypervisor really
 * sees. Does nothing when newer work has the instance.
 * @param task task_states that belong to the action
 */
export async function settleFailed(
  deps: ComputeDeps,
  state: InstanceState,
  failure: Failure,
  task: readonly string[],
): Promise<void> {
  const { id } = state.record
  const { powerState } = await deps.driver.status(id)
  await mutate(ctxOf(deps, state), async (tx) => {
    const record: InstanceRecord | null = await tx.db.instance.findUnique({
      where: { id },
      select: instanceSelect,
    })
    if (!record?.taskState || !task.includes(record.taskState)) return
    const vmState = vmStateNow(record.vmState, powerState)
    const written = await writeInstanceState(tx.db, record, {
      vmState,
      taskState: null,
      powerState,
      ...(failure.code !== 'cancelled' && faultOf(failure)),
    })
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    instanceChanged(tx, 'updated', written)
  })
}
