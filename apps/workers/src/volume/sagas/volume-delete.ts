import { finishVolumeDelete, mutate, NephosError, readVolume, type Services, systemCtx } from '@nephos/core'
import type { Saga, SagaOperation } from '@nephos/jobs'
import { z } from 'zod'
import type { VolumeDeps } from '../deps.ts'
import type { VolumeDriver } from '../driver.ts'
import { storedVolume } from '../stored.ts'
import { loadVolume, settleVolume, type VolumeState, waitVolumeTurn } from './load.ts'

const input = z.object({ force: z.boolean().default(false) }).catch({ force: false })

/** Removes a volume with its snapshots from its back end, then its rows. Nothing of it is taken back. */
export function volumeDelete(deps: VolumeDeps): Saga<VolumeState> {
  const { services, lock } = deps
  return {
    name: 'volume-delete',
    cancellable: false,
    steps: [
      waitVolumeTurn(deps),
      {
        name: 'remove-volume',
        run: async ({ state: { operation, volume }, progress }) => {
          const driver = driverOf(deps, volume.backendId, operation)
          if (!driver) return undefined
          const stored = storedVolume(services, volume)
          await lock.run(volume.id, async () => {
            const snapshots = await services.db.volumeSnapshot.findMany({
              where: { volumeId: volume.id },
              orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
            })
            for (const [index, { id, place }] of snapshots.entries()) {
              progress(`Removing snapshot ${index + 1} of ${snapshots.length}`)
              await driver.deleteSnapshot(stored, id, place)
            }
            progress('Removing the volume')
            await driver.delete(stored)
          })
          return undefined
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation, ['deleting']),
    succeed: ({ operation, volume }) =>
      finishVolumeDelete(systemCtx(services, 'volume-delete', operation.requestId), volume.id),
    fail: (state, failure) =>
      settleVolume(
        deps,
        state,
        ['deleting'],
        () => ({ status: 'error_deleting', failure: failure.message }),
        async (tx, volume) => {
          await tx.db.volumeSnapshot.updateMany({
            where: { volumeId: volume.id, status: 'deleting' },
            data: { status: 'error_deleting', generation: { increment: 1 } },
          })
        },
      ),
  }
}

/** Deleted by force, a volume goes even where its back end is not configured any more: then only its rows are left. */
function driverOf(
  { backends }: VolumeDeps,
  backendId: string | null,
  { input: given }: SagaOperation,
): VolumeDriver | null {
  try {
    return backends.driver(backendId)
  } catch (error) {
    if (error instanceof NephosError && input.parse(given).force) return null
    throw error
  }
}

/** Removes a volume that no back end ever had: there are only rows. */
export const volumeDeleteUnplaced = (services: Services): Saga<{ volumeId: string; requestId: string }> => ({
  name: 'volume-delete',
  cancellable: false,
  steps: [{ name: 'find-nothing', run: async () => undefined }],
  load: async ({ resourceId, requestId }) => {
    const volume = await readVolume(services.db, resourceId)
    return volume?.status === 'deleting' && volume.backendId === null
      ? { volumeId: resourceId, requestId }
      : null
  },
  succeed: ({ volumeId, requestId }) =>
    finishVolumeDelete(systemCtx(services, 'volume-delete', requestId), volumeId),
  fail: ({ volumeId, requestId }, failure) =>
    mutate(systemCtx(services, 'volume-delete', requestId), async (tx) => {
      await tx.db.volume.updateMany({
        where: { id: volumeId, status: 'deleting' },
        data: { status: 'error_deleting', failure: failure.message, generation: { increment: 1 } },
      })
    }),
})
