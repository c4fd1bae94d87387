import {
  extendQuota,
  limitsOf,
  NephosError,
  releaseBackend,
  returnQuota,
  type VolumeRecord,
} from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { VolumeDeps } from '../deps.ts'
import { bytesOf, connectorsOf, storedVolume } from '../stored.ts'
import { loadVolume, settleVolume, type VolumeState } from './load.ts'

const input = z.object({ from: z.number().int(), to: z.number().int() })
const extending: VolumeRecord['status'][] = ['extending']

/**
 * Makes a volume larger. There is no undo: a volume that has grown cannot shrink; what failed is in error_extending and
 * gives back what it took.
 */
export function volumeExtend(deps: VolumeDeps): Saga<VolumeState> {
  const { services, backends, lock, log } = deps
  return {
    name: 'volume-extend',
    cancellable: false,
    steps: [
      {
        name: 'extend-volume',
        run: async ({ state: { operation, volume } }) => {
          const { to } = input.parse(operation.input)
          await lock.run(volume.id, () =>
            backends
              .driver(volume.backendId)
              .extend(storedVolume(services, volume), bytesOf(to), connectorsOf(volume)),
          )
          return undefined
        },
      },
      {
        name: 'tell-guests',
        run: async ({ state: { operation, volume } }) => {
          const sizeBytes = bytesOf(input.parse(operation.input).to)
          const untold: string[] = []
          for (const { hostName, instanceId } of volume.attachments) {
            if (!hostName || !instanceId) continue
            await services
              .ask(hostName, 'volume.grown', { instanceId, volumeId: volume.id, sizeBytes })
              .catch((error: unknown) => {
                if (!(error instanceof NephosError)) throw error
                log.warn({ err: error, volumeId: volume.id, instanceId }, 'a guest does not see the new size')
                untold.push(instanceId)
              })
          }
          return { untold }
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation, extending),
    succeed: async (state, outputs) => {
      const { to } = input.parse(state.operation.input)
      const type = await services.db.volumeType.findUnique({
        where: { id: state.volume.typeId },
        include: { qosSpec: true },
      })
      const limits = state.volume.limits && type ? limitsOf(type.qosSpec, to) : null
      const { untold } = (outputs['tell-guests'] ?? { untold: [] }) as { untold: string[] }
      return settleVolume(deps, state, extending, ({ previousStatus }) => ({
        sizeGib: to,
        status: previousStatus ?? 'available',
        previousStatus: null,
        failure: untold.length > 0 ? 'A guest sees the new size only after its next start.' : null,
        ...(limits && { limits: { ...limits } }),
      }))
    },
    fail: (state, failure) => {
      const { from, to } = input.parse(state.operation.input)
      return settleVolume(
        deps,
        state,
        extending,
        () => ({ status: 'error_extending', failure: failure.message }),
        async (tx, volume) => {
          await releaseBackend(tx.db, volume.backendId, { gib: to - from })
          await returnQuota(tx.db, volume.projectId, extendQuota(volume.type.name, to - from))
        },
      )
    },
  }
}
