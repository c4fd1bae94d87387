import { NephosError, type TaskStateName } from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'
import type { InstanceState } from './load.ts'
import { settle } from './settle.ts'

/**
 * Shows which part of an action is under way.
 * @param family task_states that belong to the action
 * @throws NephosError conflict when newer work has the instance
 */
export async function showTask(
  deps: ComputeDeps,
  state: InstanceState,
  family: readonly TaskStateName[],
  taskState: TaskStateName,
): Promise<void> {
  const { record } = state
  if (record.taskState === taskState) return
  if (!family.some((task) => task === record.taskState))
    throw new NephosError('conflict', 'Others have begun something with the instance meanwhile.')
  await settle(deps, state, { taskState })
}
