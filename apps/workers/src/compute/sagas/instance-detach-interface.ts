import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { type InterfaceState, letPortGo, loadInterface, plugPort, unwirePort, wirePort } from './interface.ts'
import { waitTurn } from './wait-turn.ts'

/** Takes an interface from a machine. When its guest keeps it, everything stays as it was. */
export function instanceDetachInterface(deps: ComputeDeps): Saga<InterfaceState> {
  const plug = plugPort(deps)
  const wire = wirePort(deps)
  const unwire = unwirePort(deps)
  return {
    name: 'instance-detach-interface',
    steps: [
      waitTurn(deps.services),
      {
        name: 'unplug-interface',
        run: async ({ state: { record, port }, progress }) => {
          progress('Waiting for the guest to let go of the interface')
          await deps.driver.unplugNic(record.id, port.id)
          return undefined
        },
        undo: async (step) => plug(step.state, { 'wire-port': await wire(step) }),
      },
      {
        name: 'unwire-port',
        run: async ({ state }) => {
          await unwire(state)
          return undefined
        },
        undo: async (step) => {
          await wire(step)
        },
      },
    ],
    load: (operation) => loadInterface(deps, operation),
    succeed: (state) => letPortGo(deps, state),
    // The interface is there again.
    fail: async () => {},
  }
}
