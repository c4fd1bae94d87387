import { type SnapshotStatusName, whyNotSnapshot } from '@nephos/core/volume-states'
import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One snapshot of a volume as lists, details and events hold it. */
export type SnapshotRow = RouterOutputs['volume']['snapshots']['list']['items'][number]

const looks: Record<SnapshotStatusName, { tone: StateTone; word: string }> = {
  creating: { tone: 'busy', word: 'Being taken' },
  available: { tone: 'ok', word: 'Available' },
  backing_up: { tone: 'busy', word: 'Backing up' },
  restoring: { tone: 'busy', word: 'Restoring' },
  deleting: { tone: 'busy', word: 'Deleting' },
  error: { tone: 'bad', word: 'Error' },
  error_deleting: { tone: 'bad', word: 'Not deleted' },
}

/** Colour and word of a snapshot's status. */
export const snapshotLook = ({ status }: { status: SnapshotStatusName }): { tone: StateTone; word: string } =>
  looks[status]

/** Statuses to filter by. */
export const statusFilters = (['available', 'creating', 'deleting', 'error'] as const).map((value) => ({
  value,
  label: looks[value].word,
}))

/** A status for a list of choices, as people and the API call it. */
export const statusChoice = (status: SnapshotStatusName) => ({
  value: status,
  label: looks[status].word,
  note: status.replaceAll('_', '-'),
})

/** What can be done to a snapshot. */
export type SnapshotAction =
  | 'create'
  | 'backup'
  | 'revert'
  | 'edit'
  | 'resetStatus'
  | 'forceDelete'
  | 'delete'

/** Why the action cannot be done on this snapshot now, as a sentence, or null when it can. */
export function snapshotReason(
  action: SnapshotAction,
  { status }: Pick<SnapshotRow, 'status'>,
  { isAdmin, readOnly }: { isAdmin: boolean; readOnly: string | null },
): string | null {
  if (readOnly) return readOnly
  if (action === 'resetStatus' || action === 'forceDelete')
    return isAdmin ? null : 'Only administrators can do this.'
  return whyNotSnapshot(action === 'create' || action === 'backup' ? 'use' : action, status)
}

/** Snapshots of volumes: lists and details patched by `volume_snapshot` events. */
export const snapshotNoun = defineNoun<SnapshotRow>({
  noun: 'volume_snapshot',
  list: ['volume', 'snapshots', 'list'],
  show: ['volume', 'snapshots', 'show'],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof SnapshotRow] as string | Date,
  matches: (row, input) => {
    for (const field of ['status', 'volumeId', 'name'] as const)
      if (input[field] !== undefined && input[field] !== row[field]) return false
    return textMatches(input.search, row.name) || input.search === row.id
  },
  isNewer: isNewerByVersion,
})
