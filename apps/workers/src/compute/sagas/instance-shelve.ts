import {
  dropImage,
  instanceChanged,
  instanceSelect,
  mutate,
  NephosError,
  offloadInstance,
  releaseAllocation,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { Failure, Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { disconnectVolumes } from '../volumes/connect.ts'
import { type CopyTasks, copySteps, imageIdOf, loadCopy } from './copy-disk.ts'
import { type InstanceState, loadInstance } from './load.ts'
import { restartMachine } from './restart-machine.ts'
import { settleFailed } from './settle.ts'
import { showTask } from './show-task.ts'
import { unwirePorts } from './steps.ts'

const tasks: CopyTasks = {
  family: ['shelving', 'shelving_image_pending_upload', 'shelving_image_uploading'],
  copying: 'shelving',
  pending: 'shelving_image_pending_upload',
  uploading: 'shelving_image_uploading',
}
const ctxOf = ({ services, hostName }: ComputeDeps, { operation }: InstanceState) =>
  systemCtx(services, `compute on ${hostName}`, operation.requestId)

/**
 * Powers an instance off and keeps its disk as an image. Where `shelved_offload_time` is 0 its way off the host begins
 * in the same transaction. A failure brings a machine that was running up again.
 */
export function instanceShelve(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  return {
    name: 'instance-shelve',
    steps: [
      {
        name: 'stop-machine',
        run: async ({ state, signal, progress }) => {
          await showTask(deps, state, tasks.family, 'shelving')
          progress('Waiting for the guest to power off')
          const timeoutMs = state.record.vmState === 'active' ? services.config.shutdownTimeout * 1000 : 0
          await driver.stop(state.record.id, { timeoutMs, signal })
          return undefined
        },
        undo: async ({ state }) => {
          if (state.record.vmState === 'active') await restartMachine(deps, state)
        },
      },
      ...copySteps(deps, tasks),
    ],
    load: loadCopy(deps, tasks),
    succeed: (state) =>
      mutate(ctxOf(deps, state), async (tx) => {
        const written = await writeInstanceState(tx.db, state.record, {
          vmState: 'shelved',
          taskState: null,
          powerState: 4,
          guestReadyAt: null,
          shelvedImageId: imageIdOf(state),
          shelvedAt: new Date(),
        })
        if (!written)
          throw new NephosError('conflict', 'The instance was changed by others while it was being shelved.')
        instanceChanged(tx, 'updated', written)
        if (services.config.shelvedOffloadTime === 0)
          await offloadInstance({ ctx: { ...ctxOf(deps, state), tx }, input: { id: written.id } })
      }),
    fail: async (state, failure) => {
      const imageId = imageIdOf(state)
      if (imageId !== null) await mutate(ctxOf(deps, state), (tx) => dropImage(tx, imageId))
      await settleFailed(deps, state, failure, tasks.family)
    },
  }
}

/** Takes a shelved instance off its host. Its image has what its disk had; its ports and addresses stay. */
export function instanceOffload(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver, hostName } = deps
  return {
    name: 'instance-offload',
    cancellable: false,
    steps: [
      { name: 'unwire-ports', run: ({ state }) => unwirePorts(deps)(state).then(() => undefined) },
      { name: 'destroy-machine', run: ({ state }) => driver.destroy(state.record.id).then(() => undefined) },
      {
        name: 'disconnect-volumes',
        run: ({ state }) => disconnectVolumes(deps, state.record.id).then(() => undefined),
      },
    ],
    load: async (operation) => {
      const state = await loadInstance(services, operation)
      if (state?.record.taskState !== 'shelving_offloading' || state.record.host?.name !== hostName)
        return null
      return state
    },
    succeed: (state) =>
      mutate(ctxOf(deps, state), async (tx) => {
        const written = await writeInstanceState(tx.db, state.record, {
          vmState: 'shelved_offloaded',
          taskState: null,
          powerState: 0,
          hostId: null,
        })
        if (!written)
          throw new NephosError('conflict', 'The instance was changed by others while it left its host.')
        await releaseAllocation(tx, written.id, services.config.serviceDownTime)
        instanceChanged(tx, 'updated', { ...written, host: null })
      }),
    fail: (state, failure) => failOffload(deps, state, failure),
  }
}

/** It stays shelved where it is, and is tried again. */
const failOffload = (deps: ComputeDeps, state: InstanceState, { message }: Failure): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    deps.log.warn({ instanceId: state.record.id, message }, 'a shelved instance could not leave its host')
    const record = await tx.db.instance.findUnique({ where: { id: state.record.id }, select: instanceSelect })
    if (record?.taskState !== 'shelving_offloading') return
    const written = await writeInstanceState(tx.db, record, { taskState: null })
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    instanceChanged(tx, 'updated', written)
  })
