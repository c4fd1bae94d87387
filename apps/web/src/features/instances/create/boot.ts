import type { RouterInputs } from '#trpc/client.ts'

/** What an instance boots from. */
export const bootSources = ['image', 'new-volume', 'volume', 'snapshot'] as const
export type BootSource = (typeof bootSources)[number]

/** What was chosen of it. */
export interface BootChoice {
  from: BootSource
  volumeId?: string
  snapshotId?: string
  /** GiB of a new volume, as it was typed; empty: as large as the flavor's disk or the snapshot. */
  size: string
  /** Type of a new volume; undefined: the default. */
  typeId?: string
  /** The volume goes when the instance goes. */
  deleteOnTermination: boolean
}

/** A further, empty volume. */
export interface ExtraVolume {
  key: string
  size: string
  typeId?: string
  deleteOnTermination: boolean
}

type Volumes = NonNullable<RouterInputs['compute']['instances']['create']['volumes']>

export const firstBoot: BootChoice = { from: 'image', size: '', deleteOnTermination: false }

/** Whether an image is to be chosen as well. */
export const needsImage = ({ from }: BootChoice): boolean => from === 'image' || from === 'new-volume'

const gibOf = (text: string): number | null =>
  /^[1-9]\d{0,4}$/.test(text.trim()) ? Number(text.trim()) : null

/** The volumes of the instance, as the API takes them. */
export function volumesInput(
  boot: BootChoice,
  extra: readonly ExtraVolume[],
  imageId: string | undefined,
): Volumes {
  const { from, volumeId, snapshotId, size, typeId, deleteOnTermination } = boot
  const made = { ...(gibOf(size) && { sizeGib: gibOf(size) }), ...(typeId && { typeId }) }
  const root = { bootIndex: 0, deleteOnTermination }
  return [
    ...(from === 'new-volume' ? [{ ...root, ...made, imageId }] : []),
    ...(from === 'volume' ? [{ ...root, volumeId }] : []),
    ...(from === 'snapshot' ? [{ ...root, ...made, snapshotId }] : []),
    ...extra.map((one) => ({
      sizeGib: gibOf(one.size),
      deleteOnTermination: one.deleteOnTermination,
      ...(one.typeId && { typeId: one.typeId }),
    })),
  ]
}

/** What is missing or wrong, as a sentence; null: nothing. */
export function bootProblem(boot: BootChoice, extra: readonly ExtraVolume[], count: number): string | null {
  const { from, volumeId, snapshotId, size } = boot
  if (from === 'volume' && !volumeId) return 'Choose the volume to boot from.'
  if (from === 'volume' && count > 1) return 'Only one instance can boot from one volume.'
  if (from === 'snapshot' && !snapshotId) return 'Choose the snapshot to boot from.'
  if ((from === 'new-volume' || from === 'snapshot') && size.trim() && gibOf(size) === null)
    return 'The size of the root volume is a whole number of GiB.'
  if (extra.some((one) => gibOf(one.size) === null)) return 'Say how large each further volume is, in GiB.'
  return null
}
