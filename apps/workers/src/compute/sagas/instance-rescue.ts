import { noJson, openImageForHost } from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import type { MachineSpec } from '../driver.ts'
import { withVolumes } from '../volumes/connect.ts'
import { cachedImage, imageOf } from './image-of.ts'
import { type InstanceState, machineSpec } from './load.ts'
import { settle, settleFailed } from './settle.ts'
import { unwirePorts, wiredOf, wirePorts } from './steps.ts'
import { whileTask } from './while-task.ts'

const input = z.object({ imageId: z.string() })
const mib = 1024 ** 2
type Outputs = Record<string, unknown>

/**
 * Boots an instance from a temporary disk, with its own as the second one. Everything that can go wrong with the
 * image happens while the instance still runs.
 */
export function instanceRescue(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  const specOf = async (state: InstanceState, outputs: Outputs): Promise<MachineSpec> => ({
    ...machineSpec(
      state,
      await imageOf(services, state.record.id, state.record.imageId),
      outputs['wire-ports'] ? wiredOf(outputs) : { ports: [] },
    ),
    rescue: cachedImage.parse(outputs['cache-rescue-image']),
  })
  return {
    name: 'instance-rescue',
    steps: [
      {
        name: 'cache-rescue-image',
        run: async ({ state, signal, progress }) => {
          const image = await openImageForHost(services, input.parse(state.operation.input).imageId)
          const size = Math.ceil(image.sizeBytes / mib)
          await driver.cacheImage(image, {
            signal,
            onProgress: (bytes) =>
              progress(`Copying the rescue image (${Math.floor(bytes / mib)} of ${size} MiB)`),
          })
          const { imageId, sha512, format } = image
          return { imageId, sha512, format }
        },
      },
      {
        name: 'stop-machine',
        run: async ({ state, signal, progress }) => {
          progress('Waiting for the guest to power off')
          await driver.stop(state.record.id, { timeoutMs: services.config.shutdownTimeout * 1000, signal })
          return undefined
        },
      },
      {
        name: 'create-rescue-disk',
        run: async ({ state, outputs }) => {
          await driver.rescueDisks.create(await specOf(state, outputs))
          return undefined
        },
        undo: ({ state }) => driver.rescueDisks.remove(state.record.id),
      },
      { name: 'wire-ports', run: wirePorts(deps), undo: ({ state }) => unwirePorts(deps)(state) },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          const { powerState } = await driver.start(await withVolumes(deps, await specOf(state, outputs)))
          return { powerState }
        },
        undo: ({ state }) => driver.stop(state.record.id, { timeoutMs: 0 }),
      },
    ],
    load: whileTask(deps, 'rescuing'),
    succeed: (state, outputs) =>
      settle(deps, state, {
        vmState: 'rescued',
        taskState: null,
        powerState: 1,
        guestReadyAt: null,
        rescue: cachedImage.parse(outputs['cache-rescue-image']),
      }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['rescuing']),
  }
}

/** Boots a rescued instance from its own disk again. */
export function instanceUnrescue(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  return {
    name: 'instance-unrescue',
    steps: [
      {
        name: 'stop-machine',
        run: async ({ state, signal, progress }) => {
          progress('Waiting for the rescue system to power off')
          await driver.stop(state.record.id, { timeoutMs: services.config.shutdownTimeout * 1000, signal })
          return undefined
        },
      },
      { name: 'wire-ports', run: wirePorts(deps), undo: ({ state }) => unwirePorts(deps)(state) },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          const image = await imageOf(services, state.record.id, state.record.imageId)
          const spec = machineSpec(state, image, wiredOf(outputs))
          const { powerState } = await driver.start(await withVolumes(deps, spec))
          return { powerState }
        },
        undo: ({ state }) => driver.stop(state.record.id, { timeoutMs: 0 }),
      },
      // Last, so that a failed unrescue can be tried again with what the rescue has found out.
      {
        name: 'remove-rescue-disk',
        run: ({ state }) => driver.rescueDisks.remove(state.record.id).then(() => undefined),
      },
    ],
    load: whileTask(deps, 'unrescuing'),
    succeed: (state) =>
      settle(deps, state, {
        vmState: 'active',
        taskState: null,
        powerState: 1,
        guestReadyAt: null,
        rescue: noJson,
        faultCode: null,
        faultMessage: null,
        faultAt: null,
      }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['unrescuing']),
  }
}
