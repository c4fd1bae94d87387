import { NephosError, type VolumeRecord } from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { VolumeDeps } from '../deps.ts'
import { storedVolume } from '../stored.ts'
import { loadVolume, settleVolume, type VolumeState } from './load.ts'

const input = z.object({ snapshotId: z.uuid() })
const reverting: VolumeRecord['status'][] = ['reverting']

/** Makes a volume what its newest snapshot is. There is no undo: what was written since is gone. */
export function volumeRevert(deps: VolumeDeps): Saga<VolumeState> {
  const { services, backends, lock } = deps
  return {
    name: 'volume-revert',
    cancellable: false,
    steps: [
      {
        name: 'revert-volume',
        run: async ({ state: { operation, volume } }) => {
          const { snapshotId } = input.parse(operation.input)
          const snapshot = await services.db.volumeSnapshot.findUnique({ where: { id: snapshotId } })
          if (!snapshot) throw new NephosError('not_found', 'The snapshot was deleted.')
          const place = await lock.run(volume.id, () =>
            backends
              .driver(volume.backendId)
              .revert(storedVolume(services, volume), snapshotId, snapshot.place),
          )
          return { place: (place ?? null) as never }
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation, reverting),
    succeed: (state, outputs) => {
      const { place } = outputs['revert-volume'] as { place: object | null }
      return settleVolume(deps, state, reverting, ({ previousStatus }) => ({
        ...(place !== null && { place: place as never }),
        status: previousStatus ?? 'available',
        previousStatus: null,
        failure: null,
      }))
    },
    fail: (state, failure) =>
      settleVolume(deps, state, reverting, () => ({ status: 'error', failure: failure.message })),
  }
}
