import { type ImageAction as StatusAction, whyNotImage } from '@nephos/core/image-states'
import type { ImageRow } from './row.ts'

/** What can be done to an image. */
export type ImageAction =
  | 'launch'
  | 'volume'
  | 'accept'
  | 'reject'
  | 'upload'
  | 'import'
  | 'cancel'
  | 'download'
  | 'edit'
  | 'share'
  | 'properties'
  | 'tags'
  | 'deactivate'
  | 'copy'
  | 'warm'
  | 'delete'

/** Who wants to act. */
export interface ImageAsker {
  isAdmin: boolean
  projectId: string | null
  /** Why this person may not change anything, or null. */
  readOnly: string | null
}

type Seen = Pick<ImageRow, 'status' | 'projectId' | 'protected' | 'visibility' | 'membership'>

/** Whether the asker's project, or he himself, decides about the image. */
export const decidesImage = (row: Pick<ImageRow, 'projectId'>, asker: ImageAsker): boolean =>
  asker.isAdmin || row.projectId === asker.projectId

const byStatus: Partial<Record<ImageAction, StatusAction>> = {
  launch: 'launch',
  download: 'download',
  import: 'import',
  copy: 'copy',
  warm: 'warm',
}

/** Why the action cannot be done on this image now, as a sentence, or null when it can. */
export function imageReason(action: ImageAction, row: Seen, asker: ImageAsker): string | null {
  if (asker.readOnly) return asker.readOnly
  if (action === 'volume') return whyNotImage('launch', row.status)
  if (action === 'launch' || action === 'download') {
    if (action === 'download' && asker.isAdmin && row.status === 'deactivated') return null
    return whyNotImage(action, row.status)
  }
  if (action === 'accept' || action === 'reject') {
    if (!row.membership) return 'It is not offered to this project.'
    if (row.membership.status === `${action}ed`)
      return action === 'accept' ? 'It is in the list already.' : 'It was rejected already.'
    return null
  }
  if ((action === 'copy' || action === 'warm') && !asker.isAdmin)
    return action === 'copy'
      ? 'Only administrators copy images to other stores.'
      : 'Only administrators copy images to hosts beforehand.'
  if (!decidesImage(row, asker))
    return 'It belongs to another project; only that project and administrators change it.'
  if (action === 'upload')
    return whyNotImage(row.status === 'uploading' ? 'continueUpload' : 'upload', row.status)
  if (action === 'cancel')
    return whyNotImage(row.status === 'importing' ? 'cancelImport' : 'cancelUpload', row.status)
  if (action === 'deactivate')
    return whyNotImage(row.status === 'deactivated' ? 'reactivate' : 'deactivate', row.status)
  if (action === 'share' && row.visibility !== 'private' && row.visibility !== 'shared')
    return row.visibility === 'public'
      ? 'It is public: every project has it in its list.'
      : 'It is a community image: every project can use it.'
  if (action === 'delete' && row.protected) return 'It is protected; take the protection off first.'
  const status = byStatus[action]
  return status ? whyNotImage(status, row.status) : null
}
