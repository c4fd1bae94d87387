/**
 * Cinder's status machine of volumes and snapshots as data: which action is allowed in which status, and what it sets.
 * The server enforces this table; the dashboard reads it to disable a button and say why.
 * Nothing here may import anything that only a server has.
 */

/** Status of a volume. */
export const volumeStatuses = [
  'creating',
  'downloading',
  'available',
  'reserved',
  'attaching',
  'in_use',
  'detaching',
  'extending',
  'uploading',
  'backing_up',
  'restoring_backup',
  'retyping',
  'reverting',
  'maintenance',
  'awaiting_transfer',
  'managing',
  'deleting',
  'error',
  'error_deleting',
  'error_extending',
  'error_restoring',
  'error_managing',
  'error_backing_up',
] as const
export type VolumeStatusName = (typeof volumeStatuses)[number]

/** Status of a snapshot. */
export const snapshotStatuses = [
  'creating',
  'available',
  'backing_up',
  'restoring',
  'deleting',
  'error',
  'error_deleting',
] as const
export type SnapshotStatusName = (typeof snapshotStatuses)[number]

/** Status of a backup. */
export const backupStatuses = [
  'creating',
  'available',
  'restoring',
  'deleting',
  'error',
  'error_deleting',
] as const
export type BackupStatusName = (typeof backupStatuses)[number]

/** Statuses that follow from the attachments of a volume: those without work of its own. */
export const attachmentStatuses = ['available', 'reserved', 'attaching', 'in_use', 'detaching'] as const

/** Actions on a volume that a person can ask for. */
export type VolumeAction =
  | 'attach'
  | 'detach'
  | 'extend'
  | 'snapshot'
  | 'clone'
  | 'revert'
  | 'upload'
  | 'backup'
  | 'restore'
  | 'retype'
  | 'migrate'
  | 'transfer'
  | 'setReadOnly'
  | 'edit'
  | 'delete'
  | 'forceDelete'
  | 'resetStatus'

/** What an action needs and what it does to the status. */
export interface VolumeRule {
  from: readonly VolumeStatusName[] | 'any'
  /** Status while it is under way; null where it changes none. */
  sets: VolumeStatusName | null
  /** Status when the work succeeded; `previous`: the one before; null where the volume is gone or nothing was set. */
  done: VolumeStatusName | 'previous' | null
  /** Status when the work failed and could not be taken back. */
  failed: VolumeStatusName | 'previous' | null
  /** Also while it is attached, or set aside for an instance. */
  attached: boolean
  /** In Cinder's default policy for administrators only. */
  adminOnly?: boolean
  /** How people call it, for sentences and buttons. */
  label: string
}

const settled = ['available', 'in_use'] as const
const deletable = ['available', 'error', 'error_restoring', 'error_extending', 'error_managing'] as const
const still: Pick<VolumeRule, 'sets' | 'done' | 'failed'> = { sets: null, done: null, failed: null }

/** Cinder's table (`cinder/volume/api.py`). */
export const volumeActions: Record<VolumeAction, VolumeRule> = {
  attach: {
    from: settled,
    sets: 'reserved',
    done: 'in_use',
    failed: 'previous',
    attached: true,
    label: 'Attach',
  },
  detach: {
    from: ['in_use'],
    sets: 'detaching',
    done: 'available',
    failed: 'in_use',
    attached: true,
    label: 'Detach',
  },
  extend: {
    from: settled,
    sets: 'extending',
    done: 'previous',
    failed: 'error_extending',
    attached: true,
    label: 'Extend',
  },
  snapshot: { from: settled, ...still, attached: true, label: 'Take a snapshot of' },
  clone: { from: settled, ...still, attached: true, label: 'Copy' },
  revert: {
    from: ['available'],
    sets: 'reverting',
    done: 'previous',
    failed: 'error',
    attached: false,
    label: 'Revert',
  },
  upload: {
    from: settled,
    sets: 'uploading',
    done: 'previous',
    failed: 'previous',
    attached: true,
    label: 'Make an image of',
  },
  backup: {
    from: settled,
    sets: 'backing_up',
    done: 'previous',
    failed: 'previous',
    attached: true,
    label: 'Back up',
  },
  restore: {
    from: ['available'],
    sets: 'restoring_backup',
    done: 'previous',
    failed: 'error_restoring',
    attached: false,
    label: 'Restore a backup to',
  },
  retype: {
    from: settled,
    sets: 'retyping',
    done: 'previous',
    failed: 'previous',
    attached: true,
    label: 'Change the type of',
  },
  migrate: {
    from: ['available'],
    sets: 'maintenance',
    done: 'previous',
    failed: 'previous',
    attached: false,
    adminOnly: true,
    label: 'Migrate',
  },
  transfer: {
    from: ['available'],
    sets: 'awaiting_transfer',
    done: 'available',
    failed: 'available',
    attached: false,
    label: 'Transfer',
  },
  setReadOnly: { from: ['available'], ...still, attached: false, label: 'Change the access to' },
  edit: {
    from: volumeStatuses.filter((status) => status !== 'deleting'),
    ...still,
    attached: true,
    label: 'Edit',
  },
  delete: {
    from: deletable,
    sets: 'deleting',
    done: null,
    failed: 'error_deleting',
    attached: false,
    label: 'Delete',
  },
  forceDelete: {
    from: 'any',
    sets: 'deleting',
    done: null,
    failed: 'error_deleting',
    attached: false,
    adminOnly: true,
    label: 'Force the deletion of',
  },
  resetStatus: {
    from: 'any',
    ...still,
    attached: true,
    adminOnly: true,
    label: 'Reset the status of',
  },
}

/** What the rules look at. */
export interface VolumeFacts {
  status: VolumeStatusName
  /** Attachments, also those that are only set aside. */
  attachments: number
  /** Several instances may have it at once. */
  multiattach: boolean
  /** It is on its way to another back end. */
  migrating: boolean
}

/** `in_use` as people and Cinder write it: in-use. */
export const statusWord = (status: string): string => status.replaceAll('_', '-')

/** Why an action is not allowed now, as a sentence, or null when it is. */
export function whyNotVolume(action: VolumeAction, volume: VolumeFacts): string | null {
  const rule = volumeActions[action]
  const what = `${rule.label} the volume`.replace('Force the deletion of the volume', 'Delete the volume')
  const cannot = `${what.charAt(0).toLowerCase()}${what.slice(1)}`
  if (rule.from !== 'any' && !rule.from.includes(volume.status))
    return `Cannot ${cannot} while it is ${statusWord(volume.status)}. It must be ${list(rule.from.map(statusWord))}.`
  if (volume.migrating && action !== 'edit' && action !== 'resetStatus')
    return `Cannot ${cannot} while it moves to another back end.`
  if (!rule.attached && volume.attachments > 0)
    return `Cannot ${cannot} while it is attached. Detach it first.`
  if (action === 'attach' && volume.attachments > 0 && !volume.multiattach)
    return 'The volume is attached already, and its type does not allow several attachments.'
  return null
}

const list = (words: readonly string[]): string => {
  if (words.length > 6) return 'in another status'
  return words.length === 1 ? words[0]! : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** Actions on a snapshot. */
export type SnapshotAction = 'use' | 'revert' | 'edit' | 'delete' | 'forceDelete'

/** Statuses in which an action on a snapshot is allowed. */
export const snapshotActions: Record<
  SnapshotAction,
  { from: readonly SnapshotStatusName[] | 'any'; label: string }
> = {
  use: { from: ['available'], label: 'Make a volume from' },
  revert: { from: ['available'], label: 'Revert to' },
  edit: { from: snapshotStatuses.filter((status) => status !== 'deleting'), label: 'Edit' },
  delete: { from: ['available', 'error'], label: 'Delete' },
  forceDelete: { from: 'any', label: 'Delete' },
}

/** Why an action on a snapshot is not allowed now, as a sentence, or null when it is. */
export function whyNotSnapshot(action: SnapshotAction, status: SnapshotStatusName): string | null {
  const { from, label } = snapshotActions[action]
  if (from === 'any' || from.includes(status)) return null
  return `Cannot ${label.charAt(0).toLowerCase()}${label.slice(1)} the snapshot while it is ${statusWord(status)}. It must be ${list(from.map(statusWord))}.`
}

/** Actions on a backup. */
export type BackupAction = 'restore' | 'edit' | 'delete' | 'forceDelete'

/** Statuses in which an action on a backup is allowed. One that is being restored is only read. */
export const backupActions: Record<
  BackupAction,
  { from: readonly BackupStatusName[] | 'any'; label: string }
> = {
  restore: { from: ['available', 'restoring'], label: 'Restore' },
  edit: { from: backupStatuses.filter((status) => status !== 'deleting'), label: 'Edit' },
  delete: { from: ['available', 'error'], label: 'Delete' },
  forceDelete: { from: 'any', label: 'Delete' },
}

/** Why an action on a backup is not allowed now, as a sentence, or null when it is. */
export function whyNotBackup(action: BackupAction, status: BackupStatusName): string | null {
  const { from, label } = backupActions[action]
  if (from === 'any' || from.includes(status)) return null
  return `Cannot ${label.toLowerCase()} the backup while it is ${statusWord(status)}. It must be ${list(from.map(statusWord))}.`
}

/**
 * The status that a volume without other work has by its attachments. Of several, one that is attached counts most.
 * @param attachments their statuses
 */
export function statusOfAttachments(attachments: readonly string[]): (typeof attachmentStatuses)[number] {
  if (attachments.length === 0) return 'available'
  const has = (...statuses: string[]) => attachments.some((status) => statuses.includes(status))
  if (attachments.length > 1 && has('attached')) return 'in_use'
  if (has('attaching', 'error_attaching')) return 'attaching'
  if (has('detaching', 'error_detaching')) return 'detaching'
  return has('attached') ? 'in_use' : 'reserved'
}
