import {
  isTrue,
  limitsOf,
  moveTypeQuota,
  NephosError,
  noJson,
  releaseBackend,
  specsOf,
  type VolumeRecord,
} from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { VolumeDeps } from '../deps.ts'
import { piecesFrom } from '../disk-pieces.ts'
import { storedVolume } from '../stored.ts'
import { loadVolume, settleVolume, type VolumeState } from './load.ts'

const input = z.object({ typeId: z.uuid(), backendId: z.uuid() })
const moving: VolumeRecord['status'][] = ['retyping', 'maintenance']
const mib = 1024 ** 2

/**
 * Copies a volume that nobody uses to another back end of this host, from which it is served then. What failed leaves
 * nothing there, and the volume where it was.
 */
export function volumeRetype(deps: VolumeDeps): Saga<VolumeState> {
  const { services, backends, lock, log } = deps
  const targetOf = ({ operation }: VolumeState) => backends.driver(input.parse(operation.input).backendId)
  return {
    name: 'volume-retype',
    steps: [
      {
        name: 'copy-volume',
        run: async ({ state, signal, progress }) => {
          const { volume } = state
          const stored = storedVolume(services, volume)
          const source = backends.driver(volume.backendId)
          const place = await lock.run(volume.id, () =>
            targetOf(state).create(
              { ...stored, place: null },
              piecesFrom(() => source.reader(stored)),
              {
                signal,
                onProgress: (done, total) =>
                  progress(
                    `Copied ${Math.floor(done / mib)} of ${Math.ceil(total / mib)} MiB`,
                    total > 0 ? Math.min(99, Math.floor((100 * done) / total)) : undefined,
                  ),
              },
            ),
          )
          return { place: (place ?? null) as never }
        },
        undo: async ({ state }) => {
          const { volume } = state
          await lock.run(volume.id, () =>
            targetOf(state).delete({ ...storedVolume(services, volume), place: null }),
          )
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation, moving),
    succeed: async (state, outputs) => {
      const { typeId, backendId } = input.parse(state.operation.input)
      const { place } = outputs['copy-volume'] as { place: object | null }
      const [type, backend] = await Promise.all([
        services.db.volumeType.findUnique({ where: { id: typeId }, include: { qosSpec: true } }),
        services.db.volumeBackend.findUnique({ where: { id: backendId } }),
      ])
      if (!type || !backend)
        throw new NephosError('conflict', 'The type or the back end was deleted meanwhile.')
      const limits = limitsOf(type.qosSpec, state.volume.sizeGib)
      await settleVolume(
        deps,
        state,
        moving,
        ({ previousStatus }) => ({
          status: previousStatus ?? 'available',
          previousStatus: null,
          migrationStatus: 'success',
          failure: null,
          backendId,
          zone: backend.zone,
          place: place === null ? noJson : (place as never),
          typeId,
          multiattach: isTrue(specsOf(type).multiattach),
          limits: limits ? { ...limits } : noJson,
        }),
        async (tx, volume) => {
          await releaseBackend(tx.db, volume.backendId, { gib: volume.sizeGib, volumes: 1 })
          await moveTypeQuota(tx, volume, type.name)
        },
      )
      const { volume } = state
      // What a crash leaves here is found by the reconciler.
      await lock
        .run(volume.id, () => backends.driver(volume.backendId).delete(storedVolume(services, volume)))
        .catch((error: unknown) =>
          log.warn({ err: error, volumeId: volume.id }, 'the former copy of a volume is left'),
        )
    },
    fail: (state, failure) =>
      settleVolume(
        deps,
        state,
        moving,
        ({ previousStatus }) => ({
          status: previousStatus ?? 'available',
          previousStatus: null,
          migrationStatus: 'error',
          failure: failure.message,
        }),
        (tx, volume) =>
          releaseBackend(tx.db, input.parse(state.operation.input).backendId, {
            gib: volume.sizeGib,
            volumes: 1,
          }),
      ),
  }
}
