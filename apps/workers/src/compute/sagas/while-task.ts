import type { TaskStateName } from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { type InstanceState, loadInstance } from './load.ts'

/** Makes the `load` of a saga that only goes on while the instance has its task and is on this host. */
export const whileTask =
  ({ services, hostName }: Pick<ComputeDeps, 'services' | 'hostName'>, task: TaskStateName) =>
  async (operation: Parameters<Saga<InstanceState>['load']>[0]): Promise<InstanceState | null> => {
    const state = await loadInstance(services, operation)
    return state?.record.taskState === task && state.record.host?.name === hostName ? state : null
  }
