/**
 * What may be done with an image in which status, as data: the server refuses by it, the dashboard explains by it.
 * The statuses are Glance's. Nothing here may import anything that only a server has.
 */

/** Statuses that an image can be seen in; `deleted` is never shown. */
export const imageStatuses = [
  'queued',
  'saving',
  'uploading',
  'importing',
  'active',
  'killed',
  'deactivated',
] as const
export type ImageStatus = (typeof imageStatuses)[number]

/** Statuses in which an image that is given to others is seen by them. */
export const openStatuses = ['active', 'deactivated'] as const satisfies readonly ImageStatus[]

/** What can be done with an image, as far as its status decides. */
export type ImageAction =
  | 'launch'
  | 'download'
  | 'upload'
  | 'continueUpload'
  | 'cancelUpload'
  | 'import'
  | 'cancelImport'
  | 'copy'
  | 'warm'
  | 'deactivate'
  | 'reactivate'
  | 'changeFormat'

/** In which statuses each is allowed. */
export const imageActions: Readonly<Record<ImageAction, readonly ImageStatus[]>> = {
  launch: ['active'],
  download: ['active'],
  upload: ['queued'],
  continueUpload: ['uploading'],
  cancelUpload: ['saving', 'uploading'],
  import: ['queued'],
  cancelImport: ['importing'],
  copy: ['active'],
  warm: ['active'],
  deactivate: ['active'],
  reactivate: ['deactivated'],
  changeFormat: ['queued'],
}

const because: Readonly<Record<ImageStatus, string>> = {
  queued: 'It has no file yet.',
  saving: 'Its file is being stored.',
  uploading: 'Its file is still being uploaded.',
  importing: 'It is being imported.',
  active: 'It has its file already.',
  killed: 'Its file is broken.',
  deactivated: 'It is deactivated.',
}

const own: Partial<Record<ImageAction, Partial<Record<ImageStatus, string>>>> = {
  upload: { uploading: 'An upload to it has begun: continue that one, or cancel it.' },
  continueUpload: { active: 'Its file has arrived.', queued: 'No upload to it has begun.' },
  cancelUpload: {
    queued: 'Nothing is being uploaded.',
    active: 'Nothing is being uploaded.',
    killed: 'Nothing is being uploaded.',
    deactivated: 'Nothing is being uploaded.',
  },
  cancelImport: {
    queued: 'Nothing is being imported.',
    active: 'Nothing is being imported.',
    killed: 'Nothing is being imported.',
    deactivated: 'Nothing is being imported.',
  },
  reactivate: { active: 'It is not deactivated.' },
}

/** Why the status of an image does not allow this, as a sentence; null when it does. */
export const whyNotImage = (action: ImageAction, status: ImageStatus): string | null =>
  imageActions[action].includes(status) ? null : (own[action]?.[status] ?? because[status])
