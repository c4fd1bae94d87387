import { openImageForHost } from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'

const mib = 1024 ** 2

/** Copies an image into the cache of this host. What is there stays there: the cache itself makes room. */
export const imageWarm = ({ services, driver }: ComputeDeps): Saga<{ imageId: string }> => ({
  name: 'image-warm',
  steps: [
    {
      name: 'cache-image',
      run: async ({ state, signal, progress }) => {
        const image = await openImageForHost(services, state.imageId)
        const size = Math.ceil(image.sizeBytes / mib)
        await driver.cacheImage(image, {
          signal,
          onProgress: (bytes) =>
            progress(
              `Copying the image (${Math.floor(bytes / mib)} of ${size} MiB)`,
              Math.floor((99 * bytes) / Math.max(1, image.sizeBytes)),
            ),
        })
        return undefined
      },
    },
  ],
  load: async ({ resourceId }) => ({ imageId: resourceId }),
})
