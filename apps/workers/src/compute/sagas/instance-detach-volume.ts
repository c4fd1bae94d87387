import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import {
  keepVolume,
  leaveVolume,
  letVolumeGo,
  loadVolume,
  plugIn,
  reachVolume,
  type VolumeState,
} from './volume.ts'
import { waitTurn } from './wait-turn.ts'

/** Takes a volume from an instance. When its guest keeps it, everything stays as it was. */
export function instanceDetachVolume(deps: ComputeDeps): Saga<VolumeState> {
  const plug = plugIn(deps)
  const leave = leaveVolume(deps)
  const reach = reachVolume(deps)
  return {
    name: 'instance-detach-volume',
    steps: [
      waitTurn(deps.services),
      {
        name: 'unplug-volume',
        run: async ({ state: { record, attachment }, progress }) => {
          progress('Waiting for the guest to let go of the volume')
          await deps.driver.volumes.unplug(record.id, attachment.volumeId)
          return undefined
        },
        undo: ({ state }) => plug(state),
      },
      {
        name: 'disconnect-volume',
        run: async ({ state }) => {
          await leave(state)
          return undefined
        },
        undo: async (step) => {
          await reach(step)
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation),
    succeed: (state) => letVolumeGo(deps, state),
    fail: (state, failure) => keepVolume(deps, state, failure),
  }
}
