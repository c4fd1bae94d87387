import type { Image, Prisma } from '@nephos/db'
import type { Audience, CloudEvent } from '@nephos/jobs'
import type { Json, MutationTx } from '../../kernel/index.ts'
import { type ImageStatus, openStatuses } from '../states.ts'

/** Who sees an image besides its project: nobody, its members, whoever knows its id, or everybody. */
export const visibilities = ['private', 'shared', 'community', 'public'] as const
export type ImageVisibility = (typeof visibilities)[number]

/** What a project answered to the offer of an image. */
export const memberStatuses = ['pending', 'accepted', 'rejected'] as const
export type MemberStatus = (typeof memberStatuses)[number]

/** A store that has the bytes of an image, or gets or loses them just now. */
export interface StoreOfImage {
  name: string
  status: 'active' | 'copying' | 'deleting'
}

/** An image as lists, `show` and events have it. Sizes in bytes. */
export interface ImageRow {
  id: string
  projectId: string
  name: string
  status: ImageStatus
  visibility: ImageVisibility
  protected: boolean
  /** Left out of lists unless asked for. */
  hidden: boolean
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
  tags: string[]
  /** What the reader's project answered, when the image is shared with it; null: it is not, or is its own. */
  membership: { projectId: string; status: MemberStatus } | null
  /** Why the last upload did not succeed. */
  failure: string | null
  /** While saving, uploading or importing: bytes that have arrived. */
  uploadedBytes: number | null
  /** Bytes that were announced, when they were. */
  uploadSize: number | null
  /** Name of the file of an upload that can be continued; null: there is none. */
  uploadFile: string | null
  /** Where its bytes are; none before it is active. */
  stores: StoreOfImage[]
  createdAt: Date
  updatedAt: Date
}

/** What to read with an image to make its row and to tell whom it concerns. */
export const imageParts = {
  tags: { select: { tag: true }, orderBy: { tag: 'asc' } },
  members: { select: { projectId: true, status: true } },
  locations: { select: { store: true, status: true }, orderBy: { createdAt: 'asc' } },
} as const satisfies Prisma.ImageInclude

/** The same for the rows of a list: of the members only one project's own. */
export const imagePartsFor = (projectId: string) =>
  ({ ...imageParts, members: { ...imageParts.members, where: { projectId } } }) as const

/** An image read with {@link imageParts}. */
export type ImageWithParts = Image & {
  tags: { tag: string }[]
  members: { projectId: string; status: string }[]
  locations: { store: string; status: string }[]
}

const bytes = (value: bigint | null) => (value === null ? null : Number(value))

/** The row of a stored image, for somebody who works in `projectId`. */
export const imageRow = (image: ImageWithParts, projectId: string | null = null): ImageRow => ({
  id: image.id,
  projectId: image.projectId,
  name: image.name,
  status: image.status as ImageStatus,
  visibility: image.visibility as ImageVisibility,
  protected: image.protected,
  hidden: image.hidden,
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
  tags: image.tags.map(({ tag }) => tag),
  membership: membershipOf(image, projectId),
  failure: image.failure,
  uploadedBytes: bytes(image.uploadedBytes),
  uploadSize: bytes(image.uploadSize),
  uploadFile: fileOf(image),
  stores: image.locations.map(({ store, status }) => ({
    name: store,
    status: status as StoreOfImage['status'],
  })),
  createdAt: image.createdAt,
  updatedAt: image.updatedAt,
})

function membershipOf(image: ImageWithParts, projectId: string | null): ImageRow['membership'] {
  if (!projectId || image.visibility !== 'shared' || image.projectId === projectId) return null
  const member = image.members.find((one) => one.projectId === projectId)
  return member ? { projectId, status: member.status as MemberStatus } : null
}

/** The file that a task of the method `upload` is about. */
function fileOf({ status, importTask }: Image): string | null {
  if (status !== 'uploading' && status !== 'saving') return null
  const { method, fileName } = (importTask ?? {}) as { method?: unknown; fileName?: unknown }
  return method === 'upload' && typeof fileName === 'string' ? fileName : null
}

type Change = CloudEvent['change']
/** What says who may see an image. */
export type SeenImage = Pick<ImageWithParts, 'id' | 'projectId' | 'visibility' | 'status' | 'members'>

/** Everyone who may see an image, its project first; what is not usable yet concerns its project alone. */
export function audiencesOf(image: SeenImage): Audience[] {
  const owner: Audience = { kind: 'project', projectId: image.projectId }
  if (!(openStatuses as readonly string[]).includes(image.status)) return [owner]
  if (image.visibility === 'public' || image.visibility === 'community') return [{ kind: 'everyone' }]
  if (image.visibility !== 'shared') return [owner]
  return [
    owner,
    ...image.members
      .filter(({ projectId }) => projectId !== image.projectId)
      .map(({ projectId }): Audience => ({ kind: 'project', projectId })),
  ]
}

/** The event of a change for some of those who see the image, with the row as JSON has it. */
export const imageEvent = (
  change: Change,
  image: ImageWithParts,
  audience: Audience = audiencesOf(image)[0]!,
): Omit<CloudEvent, 'at'> => ({
  noun: 'image',
  change,
  id: image.id,
  audience,
  data:
    change === 'deleted'
      ? null
      : (JSON.parse(
          JSON.stringify(imageRow(image, audience.kind === 'project' ? audience.projectId : null)),
        ) as Json),
})

const nameOf = (audience: Audience) => (audience.kind === 'project' ? audience.projectId : audience.kind)

/**
 * Announces a change. `before` is the image as it was until an update: it leaves the lists of those who cannot see it
 * any more.
 */
export function imageChanged(
  tx: MutationTx,
  change: Change,
  image: ImageWithParts,
  before: SeenImage = image,
): void {
  const now = audiencesOf(image)
  const told = now.map(nameOf)
  for (const audience of audiencesOf(before))
    if (!told.includes('everyone') && !told.includes(nameOf(audience)))
      tx.event({ noun: 'image', change: 'deleted', id: image.id, audience, data: null })
  for (const audience of now) tx.event(imageEvent(change, image, audience))
}
