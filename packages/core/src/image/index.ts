import { cancelImageUpload } from './images/cancel-upload.ts'
import { createImage } from './images/create.ts'
import { deleteImage } from './images/delete.ts'
import { listImages } from './images/list.ts'
import { showImage } from './images/show.ts'
import { updateImage } from './images/update.ts'

export { downloadImage, type HostImage, type ImageData, openImageForHost } from './images/open.ts'
export type { ImageRow } from './images/row.ts'
export { type UploadCall, uploadImage } from './images/upload.ts'
export { cancelImageUpload, createImage, deleteImage, listImages, showImage, updateImage }

/** Verbs of this domain, nested by noun. */
export const imageVerbs = {
  images: {
    list: listImages,
    show: showImage,
    create: createImage,
    update: updateImage,
    delete: deleteImage,
    cancelUpload: cancelImageUpload,
  },
} as const
