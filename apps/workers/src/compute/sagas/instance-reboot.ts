import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { withVolumes } from '../volumes/connect.ts'
import { imageOf } from './image-of.ts'
import { type InstanceState, loadInstance, machineSpec } from './load.ts'
import { settle, settleFailed } from './settle.ts'
import { wiredOf, wirePorts } from './steps.ts'
import { waitTurn } from './wait-turn.ts'

const input = z.object({ type: z.enum(['soft', 'hard']) })
const tasks = { soft: ['rebooting', 'reboot_pending', 'reboot_started'], hard: ['rebooting_hard'] }

/** Restarts a machine; a hard reboot also brings one up that is off or broken. A failure shows what it really is. */
export function instanceReboot(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  const typeOf = ({ operation }: Pick<InstanceState, 'operation'>) => input.parse(operation.input).type
  return {
    name: 'instance-reboot',
    steps: [
      waitTurn(services),
      { name: 'wire-ports', run: wirePorts(deps) },
      {
        name: 'reboot-machine',
        run: async ({ state, outputs, progress }) => {
          const hard = typeOf(state) === 'hard'
          progress(hard ? 'Restarting the machine' : 'Waiting for the guest to restart')
          const image = await imageOf(services, state.record.id, state.record.imageId)
          const spec = machineSpec(state, image, wiredOf(outputs))
          const { powerState } = await driver.reboot(await withVolumes(deps, spec), {
            hard,
            timeoutMs: services.config.shutdownTimeout * 1000,
          })
          return { powerState }
        },
      },
    ],
    load: async (operation) => {
      const state = await loadInstance(services, operation)
      return state && tasks[typeOf(state)].includes(state.record.taskState ?? '') ? state : null
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
    fail: (state, failure) => settleFailed(deps, state, failure, tasks[typeOf(state)]),
  }
}
