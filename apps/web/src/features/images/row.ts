import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One image as lists and details hold it. */
export type ImageRow = RouterOutputs['image']['images']['list']['items'][number]

const looks: Record<ImageRow['status'], { tone: StateTone; word: string }> = {
  queued: { tone: 'idle', word: 'No file yet' },
  saving: { tone: 'busy', word: 'Storing' },
  uploading: { tone: 'busy', word: 'Uploading' },
  importing: { tone: 'busy', word: 'Importing' },
  active: { tone: 'ok', word: 'Ready' },
  killed: { tone: 'bad', word: 'Broken' },
  deactivated: { tone: 'idle', word: 'Deactivated' },
}

/** Colour and word of an image's state. */
export function imageLook(row: Pick<ImageRow, 'status' | 'failure'>): { tone: StateTone; word: string } {
  if (row.status === 'queued' && row.failure) return { tone: 'bad', word: 'Failed' }
  return looks[row.status]
}

/** Whether bytes of its file are arriving, or may. */
export const isArriving = ({ status }: Pick<ImageRow, 'status'>): boolean =>
  status === 'saving' || status === 'uploading' || status === 'importing'

/** How much of a running upload has arrived, in percent; null when the size was not announced. */
export const arrivedPercent = ({
  uploadedBytes,
  uploadSize,
}: Pick<ImageRow, 'uploadedBytes' | 'uploadSize'>): number | null =>
  uploadSize === null ? null : uploadSize === 0 ? 100 : ((uploadedBytes ?? 0) / uploadSize) * 100

/** States to filter by. */
export const statusFilters = [
  { value: 'active', label: 'Ready' },
  { value: 'saving', label: 'Storing' },
  { value: 'uploading', label: 'Uploading' },
  { value: 'importing', label: 'Importing' },
  { value: 'queued', label: 'No file yet' },
  { value: 'deactivated', label: 'Deactivated' },
] as const

/** Who sees an image, in words. */
export const visibilityWords: Record<ImageRow['visibility'], { label: string; what: string }> = {
  private: { label: 'Private', what: 'Only this project uses it.' },
  shared: { label: 'Shared', what: 'This project and those that it is shared with by name.' },
  community: {
    label: 'Community',
    what: 'Every project can use it, but has it in its list only when it looks for community images.',
  },
  public: { label: 'Public', what: 'Every project has it in its list.' },
}

/** Whose images a list shows, in the words of its filter and of the server. */
export const whoseFilters = [
  { value: 'own', label: "This project's", input: { whose: 'own' } },
  {
    value: 'shared',
    label: 'Shared with this project',
    input: { whose: 'others', visibility: 'shared', memberStatus: 'all' },
  },
  { value: 'public', label: 'Public', input: { visibility: 'public' } },
  { value: 'community', label: 'Community', input: { visibility: 'community' } },
] as const

/** Visibilities in order, from few to all. */
export const visibilities = Object.keys(visibilityWords) as ImageRow['visibility'][]
