import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One move of an instance, as lists and events hold it. */
export type MigrationRow = RouterOutputs['compute']['migrations']['list']['items'][number]

const kinds: Record<string, string> = {
  resize: 'Resize',
  migration: 'Cold migration',
  'live-migration': 'Live migration',
  evacuation: 'Evacuation',
}

/** How it moves, in words: "Live migration". */
export const migrationKind = (kind: string): string => kinds[kind] ?? kind

/** Kinds to filter by. */
export const kindFilters = (['live-migration', 'migration', 'resize', 'evacuation'] as const).map(
  (value) => ({ value, label: kinds[value]! }),
)

const looks: Record<string, [StateTone, string]> = {
  accepted: ['busy', 'Finding a host'],
  'pre-migrating': ['busy', 'Preparing'],
  migrating: ['busy', 'Moving'],
  running: ['busy', 'Moving'],
  'post-migrating': ['busy', 'Arriving'],
  completing: ['busy', 'Arriving'],
  cancelling: ['busy', 'Aborting'],
  finished: ['warn', 'To be confirmed'],
  confirming: ['busy', 'Confirming'],
  reverting: ['busy', 'Reverting'],
  confirmed: ['ok', 'Confirmed'],
  completed: ['ok', 'Done'],
  reverted: ['idle', 'Reverted'],
  cancelled: ['idle', 'Aborted'],
  error: ['bad', 'Failed'],
}

/** Colour, word and beginning of a move's state. */
export function migrationLook(row: Pick<MigrationRow, 'status' | 'createdAt'>): {
  tone: StateTone
  word: string
  since: Date | null
} {
  const [tone, word] = looks[row.status] ?? ['idle', row.status]
  return { tone, word, since: tone === 'busy' ? row.createdAt : null }
}

/** States to filter by; `open` is not a status: it stands for all that are not over. */
export const stateFilters = [
  { value: 'open', label: 'Not over' },
  ...['finished', 'completed', 'confirmed', 'reverted', 'cancelled', 'error'].map((value) => ({
    value,
    label: looks[value]![1],
  })),
]

/** Whether it is on its way: neither over nor waiting to be judged. */
export const isMoving = ({ status, endedAt }: Pick<MigrationRow, 'status' | 'endedAt'>): boolean =>
  endedAt === null && status !== 'finished'

/** How much has arrived, in percent; null while nobody knows. */
export function migrationPercent({
  doneBytes,
  totalBytes,
}: Pick<MigrationRow, 'doneBytes' | 'totalBytes'>): number | null {
  if (doneBytes === null || totalBytes === null || totalBytes === 0) return null
  return Math.min(100, (doneBytes / totalBytes) * 100)
}

/** Statuses of a live migration in which the guest is still where it was. */
const untilHandover = ['accepted', 'pre-migrating', 'running']

/** Why a move cannot be brought to its end now, as a sentence, or null when that helps. */
export function whyNotForce({
  kind,
  status,
  endedAt,
  pauseRequested,
}: Pick<MigrationRow, 'kind' | 'status' | 'endedAt' | 'pauseRequested'>): string | null {
  if (endedAt !== null) return 'It is over.'
  if (kind !== 'live-migration') return 'Only a live migration can be hastened.'
  if (pauseRequested) return 'It was asked for already.'
  return untilHandover.includes(status) ? null : 'It needs no help any more.'
}

/** Why a move cannot be stopped and taken back, as a sentence, or null when it can. */
export function whyNotAbort({
  kind,
  status,
  endedAt,
}: Pick<MigrationRow, 'kind' | 'status' | 'endedAt'>): string | null {
  if (endedAt !== null) return 'It is over.'
  if (status === 'finished') return 'It has arrived; it can be reverted.'
  if (status === 'confirming' || status === 'reverting') return 'What was decided about it is being done.'
  if (status === 'cancelling') return 'It is being aborted.'
  if (kind === 'live-migration' && !untilHandover.includes(status))
    return 'The guest is being handed over at this moment.'
  if (kind === 'evacuation') return 'Its host is dead: there is nothing to go back to.'
  return null
}

/** Why nobody is asked whether to keep what it changed, as a sentence, or null when the move waits for that. */
export function whyNotJudge({ status, endedAt }: Pick<MigrationRow, 'status' | 'endedAt'>): string | null {
  if (status === 'finished' && endedAt === null) return null
  return endedAt === null ? 'It does not wait to be confirmed.' : 'It is over.'
}
