import type { TaskStateName } from '@nephos/core'
import { type Saga, WorkElsewhere } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { type InstanceState, loadInstance } from './load.ts'

/**
 * Makes the `load` of a saga that only goes on while the instance has its task. One that has moved to another host
 * since has its job there.
 */
export const whileTask =
  ({ services, hostName }: Pick<ComputeDeps, 'services' | 'hostName'>, task: TaskStateName) =>
  async (operation: Parameters<Saga<InstanceState>['load']>[0]): Promise<InstanceState | null> => {
    const state = await loadInstance(services, operation)
    if (state?.record.taskState !== task) return null
    const host = state.record.host?.name
    if (host !== undefined && host !== hostName) throw new WorkElsewhere()
    return host === hostName ? state : null
  }
