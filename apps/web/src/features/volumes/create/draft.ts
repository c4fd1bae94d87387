import type { RouterInputs, RouterOutputs } from '#trpc/client.ts'

/** What a new volume is made from. */
export const volumeSources = ['blank', 'image', 'snapshot', 'volume'] as const
export type VolumeSource = (typeof volumeSources)[number]

type Image = RouterOutputs['image']['images']['list']['items'][number]

/** What was chosen and typed. What is undefined nobody has touched. */
export interface VolumeDraft {
  source: VolumeSource
  imageId?: string
  snapshotId?: string
  volumeId?: string
  name: string
  description: string
  size?: string
  typeId?: string
  zone: string
  /** Where it is to be, compared with another volume. */
  near: 'anywhere' | 'beside' | 'apart'
  nearId?: string
}

/** No zone, or no type, is asked for. */
export const whichever = ' any'

const gib = 1024 ** 3

/** The least GiB that an image needs as a volume. */
export const leastOfImage = ({ virtualSize, size, minDiskGib }: Image): number =>
  Math.max(Math.ceil((virtualSize ?? size ?? 0) / gib), minDiskGib, 1)

/** What the chosen source says: how large it is, and whether it has a type of its own. */
export interface SourceFacts {
  /** GiB; the volume cannot be smaller. */
  leastGib: number
  /** A volume, or the snapshot of one: the copy has its type unless another one is chosen. */
  hasType: boolean
}

/** The size that stands in the form, as text. */
export const sizeText = (draft: VolumeDraft, facts: SourceFacts | null): string =>
  draft.size ?? String(draft.source === 'blank' ? 10 : (facts?.leastGib ?? 10))

/** What is asked of the cloud. */
export function volumeInput(
  draft: VolumeDraft,
  facts: SourceFacts | null,
): RouterInputs['volume']['volumes']['create'] {
  const { source, imageId, snapshotId, volumeId, name, description, typeId, zone, near, nearId } = draft
  return {
    ...(name.trim() && { name: name.trim() }),
    ...(description.trim() && { description: description.trim() }),
    sizeGib: Number(sizeText(draft, facts)),
    ...(source === 'image' && { imageId }),
    ...(source === 'snapshot' && { snapshotId }),
    ...(source === 'volume' && { sourceVolumeId: volumeId }),
    ...(typeId && typeId !== whichever && { typeId }),
    ...(zone !== whichever && { zone }),
    ...(near === 'beside' && nearId && { hints: { sameHost: nearId } }),
    ...(near === 'apart' && nearId && { hints: { differentHost: nearId } }),
  }
}

/** What is still to be chosen, as a sentence; null: nothing. */
export function sourceProblem({
  source,
  imageId,
  snapshotId,
  volumeId,
  near,
  nearId,
}: VolumeDraft): string | null {
  if (source === 'image' && !imageId) return 'Choose an image.'
  if (source === 'snapshot' && !snapshotId) return 'Choose a snapshot.'
  if (source === 'volume' && !volumeId) return 'Choose the volume to copy.'
  return near !== 'anywhere' && !nearId ? 'Choose the volume to compare its place with.' : null
}
