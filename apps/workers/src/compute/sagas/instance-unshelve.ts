import {
  dropImage,
  faultOf,
  instanceChanged,
  instanceSelect,
  jsonColumn,
  mutate,
  NephosError,
  noJson,
  openImageForHost,
  releaseAllocation,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { Failure, Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { withVolumes } from '../volumes/connect.ts'
import { makeConfigDrive } from './config-drive.ts'
import { imageOf, rootImage } from './image-of.ts'
import { type InstanceState, loadInstance, machineSpec } from './load.ts'
import { unwirePorts, wiredOf, wirePorts } from './steps.ts'

const task = 'unshelving'
const mib = 1024 ** 2

/**
 * Brings a shelved instance back. One that is still on its host is started; one that left it gets its disk from the
 * image that was kept, on the host that the scheduler claimed. That image is deleted once the instance runs.
 */
export function instanceUnshelve(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver, hostName } = deps
  const offloaded = ({ record }: InstanceState) => record.vmState === 'shelved_offloaded'
  const specOf = (state: InstanceState, outputs: Record<string, unknown>) =>
    machineSpec(state, rootImage.parse(outputs['cache-image']), wiredOf(outputs))
  return {
    name: 'instance-unshelve',
    firstPosition: 1,
    steps: [
      { name: 'wire-ports', run: wirePorts(deps), undo: ({ state }) => unwirePorts(deps)(state) },
      {
        // The cache is shared and keeps itself small: there is nothing to undo.
        name: 'cache-image',
        run: async ({ state, signal, progress }) => {
          if (!offloaded(state)) return imageOf(services, state.record.id, state.record.imageId)
          if (state.record.imageId === null) return null
          const image = await openImageForHost(services, state.record.shelvedImageId ?? '')
          const total = Math.ceil(image.sizeBytes / mib)
          await driver.cacheImage(image, {
            signal,
            onProgress: (bytes) =>
              progress(
                `Copying the disk to the host (${Math.floor(bytes / mib)} of ${total} MiB)`,
                20 + Math.floor((40 * bytes) / Math.max(1, image.sizeBytes)),
              ),
          })
          const { imageId, sha512, format } = image
          return { imageId, sha512, format }
        },
      },
      {
        name: 'create-disk',
        run: async ({ state, outputs }) => {
          if (!offloaded(state)) return undefined
          await driver.createDisk(specOf(state, outputs))
          await makeConfigDrive(deps, state)
          return undefined
        },
        undo: async ({ state }) => {
          if (offloaded(state)) await driver.destroy(state.record.id)
        },
      },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          const { powerState } = await driver.start(await withVolumes(deps, specOf(state, outputs)))
          return { powerState }
        },
        undo: ({ state }) => driver.stop(state.record.id, { timeoutMs: 0 }),
      },
    ],
    load: async (operation) => {
      const state = await loadInstance(services, operation)
      return state?.record.taskState === task && state.record.host?.name === hostName ? state : null
    },
    succeed: (state, outputs) =>
      mutate(ctxOf(deps, state), async (tx) => {
        const { record } = state
        const base = rootImage.parse(outputs['cache-image'])
        const written = await writeInstanceState(tx.db, record, {
          vmState: 'active',
          taskState: null,
          powerState: 1,
          launchedAt: new Date(),
          guestReadyAt: null,
          base: base ? jsonColumn(base) : noJson,
          shelvedImageId: null,
          shelvedAt: null,
          faultCode: null,
          faultMessage: null,
          faultAt: null,
        })
        if (!written)
          throw new NephosError(
            'conflict',
            'The instance was changed by others while it was being unshelved.',
          )
        instanceChanged(tx, 'updated', written)
        if (record.shelvedImageId) await dropImage(tx, record.shelvedImageId)
      }),
    fail: (state, failure) => failUnshelve(deps, state, failure),
  }
}

const ctxOf = ({ services, hostName }: ComputeDeps, { operation }: InstanceState) =>
  systemCtx(services, `compute on ${hostName}`, operation.requestId)

/** It is shelved as before; one that had left its host is on no host again. */
const failUnshelve = (deps: ComputeDeps, state: InstanceState, failure: Failure): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    const { id } = state.record
    const record = await tx.db.instance.findUnique({ where: { id }, select: instanceSelect })
    if (record?.taskState !== task || record.host?.name !== deps.hostName) return
    const left = record.vmState === 'shelved_offloaded'
    const written = await writeInstanceState(tx.db, record, {
      taskState: null,
      ...(left ? { hostId: null, powerState: 0 } : { powerState: 4 }),
      ...(failure.code !== 'cancelled' && faultOf(failure)),
    })
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    if (left) await releaseAllocation(tx, id, deps.services.config.serviceDownTime)
    instanceChanged(tx, 'updated', left ? { ...written, host: null } : written)
  })
