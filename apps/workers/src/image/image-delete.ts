import { forgetImage, removeImageFile, type Services, systemCtx } from '@nephos/core'
import type { Saga } from '@nephos/jobs'

/** The image of which nothing but a hidden row and a file is left. */
export interface DoomedImage {
  imageId: string
}

/** Removes the file of a deleted image, then its row with its quota. There is nothing to take back. */
export const imageDelete = (services: Services): Saga<DoomedImage> => ({
  name: 'image-delete',
  cancellable: false,
  steps: [
    {
      name: 'remove-file',
      run: async ({ state, progress }) => {
        progress('Removing the file from the image store')
        await removeImageFile(services, state.imageId)
        return undefined
      },
    },
  ],
  load: async ({ resourceId }) => {
    const image = await services.db.image.findUnique({ where: { id: resourceId }, select: { status: true } })
    // A row that is gone already was removed by the attempt before this one.
    return !image || image.status === 'deleted' ? { imageId: resourceId } : null
  },
  succeed: ({ imageId }) => forgetImage(systemCtx(services, 'image-delete'), imageId),
})
