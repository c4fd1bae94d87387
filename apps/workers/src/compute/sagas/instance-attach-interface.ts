import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import {
  type InterfaceState,
  letPortGo,
  loadInterface,
  plugPort,
  showInterface,
  unwirePort,
  wirePort,
} from './interface.ts'
import { waitTurn } from './wait-turn.ts'

/** Gives a machine one more interface: at once while it runs, at its next start otherwise. */
export function instanceAttachInterface(deps: ComputeDeps): Saga<InterfaceState> {
  const plug = plugPort(deps)
  const unwire = unwirePort(deps)
  return {
    name: 'instance-attach-interface',
    steps: [
      waitTurn(deps.services),
      { name: 'wire-port', run: wirePort(deps), undo: ({ state }) => unwire(state) },
      {
        name: 'plug-interface',
        run: async ({ state, outputs }) => {
          await plug(state, outputs)
          return undefined
        },
        undo: ({ state: { record, port } }) => deps.driver.unplugNic(record.id, port.id),
      },
    ],
    load: (operation) => loadInterface(deps, operation),
    succeed: (state) => showInterface(deps, state),
    fail: (state) => letPortGo(deps, state),
  }
}
