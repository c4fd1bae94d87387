import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { withVolumes } from '../volumes/connect.ts'
import { imageOf } from './image-of.ts'
import { type InstanceState, machineSpec } from './load.ts'
import { settle, settleFailed } from './settle.ts'
import { unwirePorts, wiredOf, wirePorts } from './steps.ts'
import { whileTask } from './while-task.ts'

/**
 * Saves the guest's memory and ends its machine. A guest whose memory could not be saved goes on. Once it is saved it
 * stays so: taking that back is a resume.
 */
export function instanceSuspend(deps: ComputeDeps): Saga<InstanceState> {
  return {
    name: 'instance-suspend',
    steps: [
      {
        name: 'save-memory',
        run: async ({ state, signal, progress }) => {
          progress('Saving the memory of the guest')
          return { ...(await deps.driver.holds.suspend(state.record.id, signal)) }
        },
      },
      { name: 'unwire-ports', run: ({ state }) => unwirePorts(deps)(state).then(() => undefined) },
    ],
    load: whileTask(deps, 'suspending'),
    succeed: (state) =>
      settle(deps, state, { vmState: 'suspended', taskState: null, powerState: 7, guestReadyAt: null }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['suspending']),
  }
}

/** Starts a machine where its guest stood. */
export function instanceResume(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  return {
    name: 'instance-resume',
    steps: [
      {
        name: 'wire-ports',
        run: wirePorts(deps),
        undo: async ({ state }) => {
          const { powerState } = await driver.status(state.record.id)
          if (powerState !== 1) await unwirePorts(deps)(state)
        },
      },
      {
        name: 'load-memory',
        run: async ({ state, outputs, progress }) => {
          progress('Loading the memory of the guest')
          const image = await imageOf(services, state.record.id, state.record.imageId)
          const spec = machineSpec(state, image, wiredOf(outputs))
          return { ...(await driver.holds.resume(await withVolumes(deps, spec))) }
        },
        undo: async ({ state }) => {
          const { powerState } = await driver.status(state.record.id)
          if (powerState === 1 || powerState === 3) await driver.holds.suspend(state.record.id)
        },
      },
    ],
    load: whileTask(deps, 'resuming'),
    succeed: (state) =>
      settle(deps, state, {
        vmState: 'active',
        taskState: null,
        powerState: 1,
        guestReadyAt: new Date(),
      }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['resuming']),
  }
}
