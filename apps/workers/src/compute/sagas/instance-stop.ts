import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { type InstanceState, loadInstance } from './load.ts'
import { settle, settleFailed } from './settle.ts'

const task = ['powering-off']

/**
 * Powers a machine off: the guest is asked first, and forced after the configured time. There is no undo: a machine
 * that is off cannot be what it was before; a failure shows what it really is.
 */
export function instanceStop(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  return {
    name: 'instance-stop',
    steps: [
      {
        name: 'stop-machine',
        run: async ({ state, signal, progress }) => {
          progress('Waiting for the guest to power off')
          await driver.stop(state.record.id, { timeoutMs: services.config.shutdownTimeout * 1000, signal })
          return undefined
        },
      },
    ],
    load: async (operation) => {
      const state = await loadInstance(services, operation)
      return state && task.includes(state.record.taskState ?? '') ? state : null
    },
    succeed: (state) => settle(deps, state, { vmState: 'stopped', taskState: null, powerState: 4 }),
    fail: (state, failure) => settleFailed(deps, state, failure, task),
  }
}
