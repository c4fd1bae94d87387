import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import {
  leaveVolume,
  letVolumeGo,
  loadVolume,
  plugIn,
  reachVolume,
  showAttached,
  type VolumeState,
} from './volume.ts'
import { waitTurn } from './wait-turn.ts'

/**
 * Gives an instance a volume: at once while its machine runs, at its next start otherwise. What fails leaves the volume
 * as if nobody had asked for it.
 */
export function instanceAttachVolume(deps: ComputeDeps): Saga<VolumeState> {
  const plug = plugIn(deps)
  const leave = leaveVolume(deps)
  return {
    name: 'instance-attach-volume',
    steps: [
      waitTurn(deps.services),
      { name: 'connect-volume', run: reachVolume(deps), undo: ({ state }) => leave(state) },
      {
        name: 'plug-volume',
        run: async ({ state, progress }) => {
          progress('Plugging the volume in')
          await plug(state)
          return undefined
        },
        undo: ({ state: { record, attachment } }) =>
          deps.driver.volumes.unplug(record.id, attachment.volumeId),
      },
    ],
    load: (operation) => loadVolume(deps, operation),
    succeed: (state) => showAttached(deps, state),
    fail: (state) => letVolumeGo(deps, state),
  }
}
