import { jsonColumn, NephosError, openImageForHost, type TaskStateName } from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { withVolumes } from '../volumes/connect.ts'
import { makeConfigDrive } from './config-drive.ts'
import { cachedImage } from './image-of.ts'
import { type InstanceState, loadInstance, machineSpec } from './load.ts'
import { restartMachine } from './restart-machine.ts'
import { settle, settleFailed } from './settle.ts'
import { showTask } from './show-task.ts'
import { wiredOf, wirePorts } from './steps.ts'

const family: readonly TaskStateName[] = ['rebuilding', 'rebuild_block_device_mapping', 'rebuild_spawning']
const input = z.object({ imageId: z.uuid() })
const newImage = cachedImage.extend({ name: z.string(), properties: z.record(z.string(), z.string()) })
const mib = 1024 ** 2

/**
 * Gives an instance new disks from an image. The old ones wait beside them until the machine runs on the new ones: a
 * failure or a cancellation brings them back.
 */
export function instanceRebuild(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver, hostName } = deps
  const specOf = (state: InstanceState, outputs: Record<string, unknown>) => {
    const { properties, name: _, ...image } = newImage.parse(outputs['cache-image'])
    const record = { ...state.record, imageProperties: properties }
    return machineSpec({ ...state, record }, image, wiredOf(outputs))
  }
  const stays = ({ record }: InstanceState) => record.vmState === 'stopped'
  return {
    name: 'instance-rebuild',
    steps: [
      {
        // The cache is shared and keeps itself small: there is nothing to undo.
        name: 'cache-image',
        run: async ({ state, signal, progress }) => {
          await showTask(deps, state, family, 'rebuilding')
          const { imageId: id } = input.parse(state.operation.input)
          const [image, row] = await Promise.all([
            openImageForHost(services, id),
            services.db.image.findUnique({ where: { id }, select: { name: true, properties: true } }),
          ])
          if (!row) throw new NephosError('not_found', 'The image was deleted meanwhile.')
          const total = Math.ceil(image.sizeBytes / mib)
          await driver.cacheImage(image, {
            signal,
            onProgress: (bytes) =>
              progress(
                `Copying the image (${Math.floor(bytes / mib)} of ${total} MiB)`,
                Math.floor((40 * bytes) / Math.max(1, image.sizeBytes)),
              ),
          })
          const { imageId, sha512, format } = image
          return {
            imageId,
            sha512,
            format,
            name: row.name,
            properties: row.properties as Record<string, string>,
          }
        },
      },
      { name: 'wire-ports', run: wirePorts(deps) },
      {
        name: 'stop-machine',
        run: async ({ state }) => {
          await showTask(deps, state, family, 'rebuild_block_device_mapping')
          await driver.stop(state.record.id, { timeoutMs: 0 })
          return undefined
        },
        undo: async ({ state }) => {
          if (state.record.vmState === 'active') await restartMachine(deps, state)
        },
      },
      {
        name: 'replace-disks',
        run: async ({ state, outputs, progress }) => {
          progress('Making the new disks', 60)
          await driver.disks.replace(specOf(state, outputs))
          await makeConfigDrive(deps, state)
          return undefined
        },
        undo: ({ state }) => driver.disks.restore(state.record.id),
      },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          await showTask(deps, state, family, 'rebuild_spawning')
          if (stays(state)) return { powerState: 4 }
          const { powerState } = await driver.start(await withVolumes(deps, specOf(state, outputs)))
          return { powerState }
        },
        undo: ({ state }) => driver.stop(state.record.id, { timeoutMs: 0 }),
      },
      {
        name: 'remove-old-disks',
        run: ({ state }) => driver.disks.dropOld(state.record.id).then(() => undefined),
      },
    ],
    load: async (operation) => {
      const state = await loadInstance(services, operation)
      if (!state || state.record.host?.name !== hostName) return null
      return family.some((task) => task === state.record.taskState) ? state : null
    },
    succeed: (state, outputs) => {
      const { name, properties, ...base } = newImage.parse(outputs['cache-image'])
      return settle(deps, state, {
        vmState: stays(state) ? 'stopped' : 'active',
        taskState: null,
        powerState: stays(state) ? 4 : 1,
        imageId: base.imageId,
        imageName: name,
        imageProperties: properties,
        base: jsonColumn(base),
        guestReadyAt: null,
        launchedAt: new Date(),
        faultCode: null,
        faultMessage: null,
        faultAt: null,
      })
    },
    fail: (state, failure) => settleFailed(deps, state, failure, family),
  }
}
