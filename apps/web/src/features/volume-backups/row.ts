import { type BackupStatusName, whyNotBackup } from '@nephos/core/volume-states'
import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One backup of a volume as lists and events hold it. */
export type BackupRow = RouterOutputs['volume']['backups']['list']['items'][number]
/** One backup with those that it needs and those that need it. */
export type BackupDetail = RouterOutputs['volume']['backups']['show']

const looks: Record<BackupStatusName, { tone: StateTone; word: string }> = {
  creating: { tone: 'busy', word: 'Being made' },
  available: { tone: 'ok', word: 'Available' },
  restoring: { tone: 'busy', word: 'Being restored' },
  deleting: { tone: 'busy', word: 'Deleting' },
  error: { tone: 'bad', word: 'Error' },
  error_deleting: { tone: 'bad', word: 'Not deleted' },
}

/** Colour and word of a backup's status. */
export const backupLook = ({ status }: { status: BackupStatusName }): { tone: StateTone; word: string } =>
  looks[status]

/** Statuses to filter by. */
export const statusFilters = (['available', 'creating', 'restoring', 'error'] as const).map((value) => ({
  value,
  label: looks[value].word,
}))

/** A status for a list of choices, as people and the API call it. */
export const statusChoice = (status: BackupStatusName) => ({
  value: status,
  label: looks[status].word,
  note: status.replaceAll('_', '-'),
})

/** What can be done to a backup. */
export type BackupAction = 'restore' | 'edit' | 'resetStatus' | 'forceDelete' | 'delete'

/** Why the action cannot be done on this backup now, as a sentence, or null when it can. */
export function backupReason(
  action: BackupAction,
  { status, childCount }: Pick<BackupRow, 'status' | 'childCount'>,
  { isAdmin, readOnly }: { isAdmin: boolean; readOnly: string | null },
): string | null {
  if (readOnly) return readOnly
  if ((action === 'resetStatus' || action === 'forceDelete') && !isAdmin)
    return 'Only administrators can do this.'
  if (action === 'resetStatus') return null
  const why = whyNotBackup(action, status)
  if (why) return why
  return (action === 'delete' || action === 'forceDelete') && childCount > 0
    ? 'Newer backups build on it. Delete them first.'
    : null
}

/** Backups of volumes: lists and details patched by `volume_backup` events. */
export const backupNoun = defineNoun<BackupRow>({
  noun: 'volume_backup',
  list: ['volume', 'backups', 'list'],
  show: ['volume', 'backups', 'show'],
  // Those that it needs, and those that need it, are not in the row.
  refetchesShown: true,
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof BackupRow] as string | Date,
  matches: (row, input) => {
    for (const field of ['status', 'volumeId', 'snapshotId', 'parentId', 'name'] as const)
      if (input[field] !== undefined && input[field] !== row[field]) return false
    return (
      textMatches(input.search, row.name, row.volumeName) ||
      input.search === row.id ||
      input.search === row.volumeId
    )
  },
  isNewer: isNewerByVersion,
})
