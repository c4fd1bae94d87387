import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import type { InstanceState } from './load.ts'
import { settle, settleFailed } from './settle.ts'
import { whileTask } from './while-task.ts'

/** Makes a guest stand still in memory. */
export function instancePause(deps: ComputeDeps): Saga<InstanceState> {
  return {
    name: 'instance-pause',
    steps: [
      {
        name: 'pause-machine',
        run: async ({ state }) => ({ ...(await deps.driver.holds.pause(state.record.id)) }),
        undo: async ({ state }) => {
          const { powerState } = await deps.driver.status(state.record.id)
          if (powerState === 3) await deps.driver.holds.unpause(state.record.id)
        },
      },
    ],
    load: whileTask(deps, 'pausing'),
    succeed: (state) => settle(deps, state, { vmState: 'paused', taskState: null, powerState: 3 }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['pausing']),
  }
}

/** Lets a paused guest go on. */
export function instanceUnpause(deps: ComputeDeps): Saga<InstanceState> {
  return {
    name: 'instance-unpause',
    steps: [
      {
        name: 'unpause-machine',
        run: async ({ state }) => ({ ...(await deps.driver.holds.unpause(state.record.id)) }),
        undo: async ({ state }) => {
          const { powerState } = await deps.driver.status(state.record.id)
          if (powerState === 1) await deps.driver.holds.pause(state.record.id)
        },
      },
    ],
    load: whileTask(deps, 'unpausing'),
    succeed: (state) => settle(deps, state, { vmState: 'active', taskState: null, powerState: 1 }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['unpausing']),
  }
}
