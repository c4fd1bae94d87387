import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One image as lists and details hold it. */
export type ImageRow = RouterOutputs['image']['images']['list']['items'][number]

const looks: Record<ImageRow['status'], { tone: StateTone; word: string }> = {
  queued: { tone: 'idle', word: 'No file yet' },
  saving: { tone: 'busy', word: 'Uploading' },
  active: { tone: 'ok', word: 'Ready' },
  killed: { tone: 'bad', word: 'Broken' },
  deactivated: { tone: 'idle', word: 'Deactivated' },
}

/** Colour and word of an image's state. */
export function imageLook(row: Pick<ImageRow, 'status' | 'failure'>): { tone: StateTone; word: string } {
  if (row.status === 'queued' && row.failure) return { tone: 'bad', word: 'Upload failed' }
  return looks[row.status]
}

/** How much of a running upload has arrived, in percent; null when the size was not announced. */
export const arrivedPercent = ({
  uploadedBytes,
  uploadSize,
}: Pick<ImageRow, 'uploadedBytes' | 'uploadSize'>): number | null =>
  uploadSize === null ? null : uploadSize === 0 ? 100 : ((uploadedBytes ?? 0) / uploadSize) * 100

/** States to filter by. */
export const statusFilters = [
  { value: 'active', label: 'Ready' },
  { value: 'saving', label: 'Uploading' },
  { value: 'queued', label: 'No file yet' },
] as const

/** Visibilities to filter by. */
export const visibilityFilters = [
  { value: 'private', label: 'Private' },
  { value: 'public', label: 'Public' },
] as const
