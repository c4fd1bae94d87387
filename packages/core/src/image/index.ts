import { cancelImageUpload } from './images/cancel-upload.ts'
import { createImage } from './images/create.ts'
import { deleteImage } from './images/delete.ts'
import { listImages } from './images/list.ts'
import { showImage } from './images/show.ts'
import { updateImage } from './images/update.ts'

export { deleteFileForHost, putFileForHost } from './images/host-files.ts'
export { downloadImage, type HostImage, type ImageData, openImageForHost } from './images/open.ts'
export { forgetImage, removeImageFile } from './images/remove.ts'
export type { ImageRow } from './images/row.ts'
export { seedGuestImage } from './images/seed.ts'
export { type UploadCall, uploadImage } from './images/upload.ts'
export { finishDeletes } from './reconcile/deleted-images.ts'
export { expireUploads } from './reconcile/expired-uploads.ts'
export { removeOrphanFiles } from './reconcile/orphan-files.ts'
export { imageStore } from './store/open-store.ts'
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
