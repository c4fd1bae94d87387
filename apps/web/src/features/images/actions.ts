import type { ImageRow } from './row.ts'

/** What can be done to an image. */
export type ImageAction = 'launch' | 'upload' | 'cancel' | 'edit' | 'delete'

/** Who wants to act. */
export interface ImageAsker {
  isAdmin: boolean
  projectId: string | null
  /** Why this person may not change anything, or null. */
  readOnly: string | null
}

type Seen = Pick<ImageRow, 'status' | 'projectId' | 'protected'>

/** Why the action cannot be done on this image now, as a sentence, or null when it can. */
export function imageReason(action: ImageAction, row: Seen, asker: ImageAsker): string | null {
  if (asker.readOnly) return asker.readOnly
  if (action === 'launch') return row.status === 'active' ? null : 'It has no file to boot from yet.'
  if (!asker.isAdmin && row.projectId !== asker.projectId)
    return 'It belongs to another project; only that project and administrators change it.'
  if (action === 'upload') {
    if (row.status === 'active') return 'It has its file already; make a new image for another one.'
    if (row.status === 'saving') return 'Another upload to it is running.'
    return row.status === 'queued' ? null : 'It takes no file any more.'
  }
  if (action === 'cancel') return row.status === 'saving' ? null : 'Nothing is being uploaded.'
  if (action === 'delete' && row.protected) return 'It is protected; take the protection off first.'
  return null
}
