import { warmImage } from './cache/warm.ts'
import { checkCatalogue } from './catalogue/check.ts'
import { listCatalogue } from './catalogue/list.ts'
import { cancelImageUpload } from './images/cancel-upload.ts'
import { createImage } from './images/create.ts'
import { deactivateImage, reactivateImage } from './images/deactivate.ts'
import { deleteImage } from './images/delete.ts'
import { listImages } from './images/list.ts'
import { showImage } from './images/show.ts'
import { updateImage } from './images/update.ts'
import { imageUsage } from './images/usage.ts'
import { importImage } from './import/import.ts'
import { addMember } from './members/add.ts'
import { listMembers } from './members/list.ts'
import { removeMember } from './members/remove.ts'
import { setMemberStatus } from './members/set-status.ts'
import { showMember } from './members/show.ts'
import { beginUpload } from './resumable/begin.ts'
import { dropFromStore } from './stores/drop.ts'
import { listImageStores } from './stores/list.ts'
import { addImageTag } from './tags/add.ts'
import { listImageTags } from './tags/list.ts'
import { removeImageTag } from './tags/remove.ts'

export { checkDeclared, isConverted } from './format/detect.ts'
export { withDiskFile } from './format/disk-file.ts'
export { type Inspected, inspect } from './format/inspect.ts'
export { deleteFileForHost, putFileForHost } from './images/host-files.ts'
export { downloadImage, type HostImage, type ImageData, openImageForHost } from './images/open.ts'
export { forgetImage, removeImageFile } from './images/remove.ts'
export type { ImageRow } from './images/row.ts'
export { seedGuestImage } from './images/seed.ts'
export { type UploadCall, uploadImage } from './images/upload.ts'
export type { ImageUsage } from './images/usage.ts'
export { type CopyState, failCopy, finishCopy, loadImageCopy } from './import/copy.ts'
export {
  announceImport,
  failImport,
  finishImport,
  type Imported,
  type ImportState,
  loadImport,
} from './import/finish.ts'
export { type ImportTask, operationKey } from './import/task.ts'
export type { ImageMemberRow } from './members/row.ts'
export { finishDeletes } from './reconcile/deleted-images.ts'
export { expireUploads } from './reconcile/expired-uploads.ts'
export { removeLeftStaging } from './reconcile/left-staging.ts'
export { removeOrphanFiles } from './reconcile/orphan-files.ts'
export { type AppendCall, type Appended, appendUpload } from './resumable/append.ts'
export type { ResumableUpload } from './resumable/begin.ts'
export { finishUpload } from './resumable/finish.ts'
export { showUpload, type UploadState } from './resumable/show.ts'
export type { ByteRange, ImageStore } from './store/define.ts'
export { openAnywhere } from './store/locations.ts'
export { imageStore, imageStores } from './store/open-store.ts'
export type { ImageStoreRow } from './stores/list.ts'
export { failureWords, uploadFailure } from './uploads/failure.ts'
export { type FileHashes, Hashes } from './uploads/hashes.ts'
export { allowance } from './uploads/limits.ts'
export { type StageCall, stageImage, stagingFull } from './uploads/stage.ts'
export { dropStaging, openStaging, stagedFile } from './uploads/staging.ts'
export {
  addImageTag,
  addMember,
  beginUpload,
  cancelImageUpload,
  createImage,
  deactivateImage,
  deleteImage,
  dropFromStore,
  imageUsage,
  importImage,
  listImageStores,
  listImages,
  listImageTags,
  listMembers,
  reactivateImage,
  removeImageTag,
  removeMember,
  setMemberStatus,
  showImage,
  showMember,
  updateImage,
  warmImage,
}

/** Verbs of this domain, nested by noun. */
export const imageVerbs = {
  images: {
    list: listImages,
    show: showImage,
    create: createImage,
    update: updateImage,
    delete: deleteImage,
    usage: imageUsage,
    deactivate: deactivateImage,
    reactivate: reactivateImage,
    cancelUpload: cancelImageUpload,
    import: importImage,
    warm: warmImage,
  },
  stores: { list: listImageStores, drop: dropFromStore },
  members: {
    list: listMembers,
    show: showMember,
    add: addMember,
    remove: removeMember,
    setStatus: setMemberStatus,
  },
  tags: { list: listImageTags, add: addImageTag, remove: removeImageTag },
  uploads: { begin: beginUpload },
  catalogue: { list: listCatalogue, check: checkCatalogue },
} as const
