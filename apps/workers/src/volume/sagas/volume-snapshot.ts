import { finishSnapshotDelete, systemCtx } from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import type { VolumeDeps } from '../deps.ts'
import { storedVolume } from '../stored.ts'
import { loadSnapshot, type SnapshotState, settleSnapshot } from './load.ts'

/** Takes a snapshot of a volume, which may be in use. */
export function volumeSnapshot(deps: VolumeDeps): Saga<SnapshotState> {
  const { services, backends, lock } = deps
  return {
    name: 'volume-snapshot',
    cancellable: false,
    steps: [
      {
        name: 'take-snapshot',
        run: async ({ state: { snapshot, volume } }) => {
          const place = await lock.run(volume.id, () =>
            backends.driver(volume.backendId).snapshot(storedVolume(services, volume), snapshot.id),
          )
          return { place: (place ?? null) as never }
        },
        undo: async ({ state: { snapshot, volume } }) => {
          await lock.run(volume.id, () =>
            backends
              .driver(volume.backendId)
              .deleteSnapshot(storedVolume(services, volume), snapshot.id, snapshot.place),
          )
        },
      },
    ],
    load: (operation) => loadSnapshot(deps, operation, ['creating']),
    succeed: (state, outputs) => {
      const { place } = outputs['take-snapshot'] as { place: object | null }
      return settleSnapshot(deps, state, ['creating'], {
        ...(place !== null && { place: place as never }),
        status: 'available',
        failure: null,
      })
    },
    fail: (state, failure) =>
      settleSnapshot(deps, state, ['creating'], { status: 'error', failure: failure.message }),
  }
}

/** Removes a snapshot from its back end, then its row. */
export function volumeSnapshotDelete(deps: VolumeDeps): Saga<SnapshotState> {
  const { services, backends, lock } = deps
  return {
    name: 'volume-snapshot-delete',
    cancellable: false,
    steps: [
      {
        name: 'remove-snapshot',
        run: async ({ state: { snapshot, volume } }) => {
          await lock.run(volume.id, () =>
            backends
              .driver(volume.backendId)
              .deleteSnapshot(storedVolume(services, volume), snapshot.id, snapshot.place),
          )
          return undefined
        },
      },
    ],
    load: (operation) => loadSnapshot(deps, operation, ['deleting']),
    succeed: ({ operation, snapshot }) =>
      finishSnapshotDelete(systemCtx(services, 'volume-snapshot-delete', operation.requestId), snapshot.id),
    fail: (state, failure) =>
      settleSnapshot(deps, state, ['deleting'], { status: 'error_deleting', failure: failure.message }),
  }
}
