import {
  completeAttachment,
  faultOf,
  instanceChanged,
  instanceRow,
  instanceSelect,
  mutate,
  NephosError,
  noJson,
  openImageForHost,
  releaseAllocation,
  systemCtx,
  wireRow,
  writeInstanceState,
} from '@nephos/core'
import { type Failure, type Saga, WorkElsewhere } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { disconnectVolumes, withVolumes } from '../volumes/connect.ts'
import { reachVolumes } from '../volumes/reach-new.ts'
import { buildSucceeded, handOnBuild } from './build-elsewhere.ts'
import { makeConfigDrive } from './config-drive.ts'
import { rootImage } from './image-of.ts'
import { type InstanceState, loadInstance, machineSpec } from './load.ts'
import { settle } from './settle.ts'
import { unwirePorts, wiredOf, wirePorts } from './steps.ts'

const mib = 1024 ** 2

/** Builds an instance on the host that the scheduler claimed for it. */
export function instanceCreate(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver, hostName } = deps
  const specOf = (state: InstanceState, outputs: Record<string, unknown>) =>
    machineSpec(state, rootImage.parse(outputs['cache-image']), wiredOf(outputs))
  const destroy = ({ state }: { state: InstanceState }) => driver.destroy(state.record.id)
  const hasVolumes = ({ record }: InstanceState) => record.volumes.length > 0

  return {
    name: 'instance-create',
    firstPosition: 1,
    steps: [
      { name: 'wire-ports', run: wirePorts(deps), undo: ({ state }) => unwirePorts(deps)(state) },
      {
        // The cache is shared and keeps itself small: there is nothing to undo.
        name: 'cache-image',
        run: async ({ state, signal, progress }) => {
          if (state.record.imageId === null) {
            await showSpawning(deps, state)
            return null
          }
          const [image] = await Promise.all([
            openImageForHost(services, state.record.imageId),
            showSpawning(deps, state),
          ])
          const size = Math.ceil(image.sizeBytes / mib)
          await driver.cacheImage(image, {
            signal,
            onProgress: (bytes) =>
              progress(
                `Copying the image (${Math.floor(bytes / mib)} of ${size} MiB)`,
                20 + Math.floor((40 * bytes) / Math.max(1, image.sizeBytes)),
              ),
          })
          const { imageId, sha512, format } = image
          return { imageId, sha512, format }
        },
      },
      {
        name: 'connect-volumes',
        run: async ({ state, progress }) => {
          if (hasVolumes(state)) await reachVolumes(deps, state, progress)
          return undefined
        },
        undo: async ({ state }) => {
          if (hasVolumes(state)) await disconnectVolumes(deps, state.record.id)
        },
      },
      {
        name: 'create-disk',
        run: async ({ state, outputs }) => {
          await driver.createDisk(specOf(state, outputs))
          await makeConfigDrive(deps, state)
          return undefined
        },
        undo: destroy,
      },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          const spec = specOf(state, outputs)
          const { powerState } = await driver.start(hasVolumes(state) ? await withVolumes(deps, spec) : spec)
          return { powerState }
        },
        undo: destroy,
      },
    ],
    load: async (operation) => {
      const state = await loadInstance(services, operation)
      if (state?.record.vmState !== 'building') return null
      if (state.record.host?.name === hostName) return state
      // It was given back to the scheduler; this is the old job once more.
      if (state.record.taskState !== 'deleting') throw new WorkElsewhere()
      return null
    },
    succeed: async (state, outputs) => {
      const changes = {
        vmState: 'active',
        taskState: null,
        powerState: 1,
        launchedAt: new Date(),
        base: rootImage.parse(outputs['cache-image']) ?? noJson,
      } as const
      await settle(deps, state, changes, async (tx) => {
        for (const { id } of state.record.volumes) await completeAttachment(tx, id)
      })
      await buildSucceeded(deps)
    },
    handOn: handOnBuild(deps),
    fail: (state, failure) => failCreate(deps, state, failure),
  }
}

/** Shows that the network is ready and the machine is next. Not worth a transaction: the next state follows soon. */
async function showSpawning({ services }: ComputeDeps, state: InstanceState): Promise<void> {
  if (state.record.taskState !== 'networking') return
  const written = await writeInstanceState(services.db, state.record, { taskState: 'spawning' })
  if (!written) throw new NephosError('conflict', 'The instance was changed while it was being created.')
  state.record = written
  services.announce({
    noun: 'instance',
    change: 'updated',
    id: written.id,
    audience: { kind: 'project', projectId: written.projectId },
    at: new Date().toISOString(),
    data: wireRow(instanceRow(written, { admin: false })),
  })
}

/**
 * Everything on the host was undone: the instance gives its place back and is in ERROR, on no host, with its ports
 * and addresses. While it is being deleted, all that is left to the delete.
 */
const failCreate = (
  { services, hostName }: ComputeDeps,
  { operation, record: { id } }: InstanceState,
  failure: Failure,
): Promise<void> =>
  mutate(systemCtx(services, `compute on ${hostName}`, operation.requestId), async (tx) => {
    const record = await tx.db.instance.findUnique({ where: { id }, select: instanceSelect })
    if (record?.vmState !== 'building' || record.host?.name !== hostName || record.taskState === 'deleting')
      return
    const written = await writeInstanceState(tx.db, record, {
      vmState: 'error',
      taskState: null,
      powerState: 0,
      hostId: null,
      ...faultOf(failure),
    })
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    await releaseAllocation(tx, id, services.config.serviceDownTime)
    instanceChanged(tx, 'updated', { ...written, host: null })
  })
