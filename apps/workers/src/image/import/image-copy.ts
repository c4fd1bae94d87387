import {
  type CopyState,
  failCopy,
  finishCopy,
  imageStore,
  loadImageCopy,
  NephosError,
  openAnywhere,
  type Services,
  systemCtx,
} from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import { throttled } from './image-import.ts'
import { storeEverywhere } from './store-file.ts'

const mib = 2 ** 20
const input = z.object({ allStoresMustSucceed: z.boolean() })
const copied = z.object({ stores: z.array(z.string()) })

/** Copies the bytes of an image to further stores, from whichever of its stores answers. */
export const imageCopy = (services: Services): Saga<CopyState & { allMustSucceed: boolean }> => {
  const { config } = services
  const ctx = systemCtx(services, 'image-copy')
  return {
    name: 'image-copy',
    steps: [
      {
        name: 'copy',
        run: async ({ state, signal, progress }) => {
          const { image, sources, targets, allMustSucceed } = state
          const size = Number(image.size ?? 0)
          if (!image.hashValue) throw new NephosError('internal', 'The image has no hash.')
          const { stores } = await storeEverywhere({
            stores: targets.map(({ store }) => imageStore(config, store)),
            key: targets[0]!.key,
            open: () => openAnywhere(config, sources),
            size,
            sha512: image.hashValue,
            allMustSucceed,
            signal,
            onBytes: throttled((done) =>
              progress(
                `Copying the image (${Math.floor(done / mib)} MiB)`,
                Math.min(99, Math.floor((100 * done) / Math.max(1, size * targets.length))),
              ),
            ),
            onFailure: (err, store) => services.log.warn({ err, store }, 'an image store took no copy'),
          })
          return { stores }
        },
        undo: async ({ state: { targets } }) => {
          for (const { store, key } of targets) await imageStore(config, store).delete(key)
        },
      },
    ],
    load: async (operation) => {
      const state = await loadImageCopy(services, operation)
      return state && { ...state, allMustSucceed: input.parse(operation.input).allStoresMustSucceed }
    },
    succeed: (state, outputs) => finishCopy(ctx, state, copied.parse(outputs.copy).stores),
    fail: (state) => failCopy(ctx, state),
  }
}
