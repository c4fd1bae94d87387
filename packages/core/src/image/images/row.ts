import type { Image } from '@nephos/db'
import type { CloudEvent } from '@nephos/jobs'
import type { Json, MutationTx } from '../../kernel/index.ts'

/** An image as lists, `show` and events have it. Sizes in bytes. */
export interface ImageRow {
  id: string
  projectId: string
  name: string
  status: 'queued' | 'saving' | 'active' | 'killed' | 'deactivated'
  visibility: 'private' | 'public'
  protected: boolean
  /** As declared until the file has arrived, then as its header says; null when neither. */
  diskFormat: string | null
  containerFormat: string
  /** Bytes stored; null until active. */
  size: number | null
  /** Bytes of the disk that a guest sees; null until active. */
  virtualSize: number | null
  /** MD5 of the stored bytes. */
  checksum: string | null
  hashAlgo: string | null
  hashValue: string | null
  minDiskGib: number
  minRamMib: number
  properties: Record<string, string>
  /** Why the last upload did not succeed. */
  failure: string | null
  /** While saving: bytes that have arrived. */
  uploadedBytes: number | null
  /** While saving: bytes that were announced, when they were. */
  uploadSize: number | null
  createdAt: Date
  updatedAt: Date
}

const bytes = (value: bigint | null) => (value === null ? null : Number(value))

/** The row of a stored image. */
export const imageRow = (image: Image): ImageRow => ({
  id: image.id,
  projectId: image.projectId,
  name: image.name,
  status: image.status as ImageRow['status'],
  visibility: image.visibility as ImageRow['visibility'],
  protected: image.protected,
  diskFormat: image.diskFormat || null,
  containerFormat: image.containerFormat,
  size: bytes(image.size),
  virtualSize: bytes(image.virtualSize),
  checksum: image.checksum,
  hashAlgo: image.hashAlgo,
  hashValue: image.hashValue,
  minDiskGib: image.minDiskGib,
  minRamMib: image.minRamMib,
  properties: image.properties as Record<string, string>,
  failure: image.failure,
  uploadedBytes: bytes(image.uploadedBytes),
  uploadSize: bytes(image.uploadSize),
  createdAt: image.createdAt,
  updatedAt: image.updatedAt,
})

type Change = CloudEvent['change']
type Seen = Pick<Image, 'id' | 'projectId' | 'visibility' | 'status'>

/** Everyone sees a public image once it can be used; until then, and otherwise, its project does. */
const audienceOf = (image: Seen): CloudEvent['audience'] =>
  image.visibility === 'public' && image.status === 'active'
    ? { kind: 'everyone' }
    : { kind: 'project', projectId: image.projectId }

/** The event of a change, with the row as JSON has it. */
export const imageEvent = (change: Change, image: Image): Omit<CloudEvent, 'at'> => ({
  noun: 'image',
  change,
  id: image.id,
  audience: audienceOf(image),
  data: change === 'deleted' ? null : (JSON.parse(JSON.stringify(imageRow(image))) as Json),
})

/**
 * Announces a change. `before` is the image as it was until an update: one that is no longer public leaves the lists
 * of those who cannot see it any more.
 */
export function imageChanged(tx: MutationTx, change: Change, image: Image, before: Seen = image): void {
  if (audienceOf(before).kind === 'everyone' && audienceOf(image).kind !== 'everyone')
    tx.event({ noun: 'image', change: 'deleted', id: image.id, audience: audienceOf(before), data: null })
  tx.event(imageEvent(change, image))
}
