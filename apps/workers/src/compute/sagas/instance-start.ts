import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { withVolumes } from '../volumes/connect.ts'
import { imageOf } from './image-of.ts'
import { type InstanceState, loadInstance, machineSpec } from './load.ts'
import { settle, settleFailed } from './settle.ts'
import { unwirePorts, wiredOf, wirePorts } from './steps.ts'

const task = ['powering-on']

/** Starts a machine that is off. */
export function instanceStart(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  return {
    name: 'instance-start',
    steps: [
      { name: 'wire-ports', run: wirePorts(deps), undo: ({ state }) => unwirePorts(deps)(state) },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          const image = await imageOf(services, state.record.id, state.record.imageId)
          const spec = machineSpec(state, image, wiredOf(outputs))
          const { powerState } = await driver.start(await withVolumes(deps, spec))
          return { powerState }
        },
        undo: ({ state }) => driver.stop(state.record.id, { timeoutMs: 0 }),
      },
    ],
    load: async (operation) => {
      const state = await loadInstance(services, operation)
      return state && task.includes(state.record.taskState ?? '') ? state : null
    },
    succeed: (state) =>
      settle(deps, state, {
        vmState: 'active',
        taskState: null,
        powerState: 1,
        faultCode: null,
        faultMessage: null,
        faultAt: null,
      }),
    fail: (state, failure) => settleFailed(deps, state, failure, task),
  }
}
