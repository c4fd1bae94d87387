import { type VolumeAction as Rule, volumeActions, whyNotVolume } from '@nephos/core/volume-states'
import { isMigrating, type VolumeRow } from './row.ts'

/** What can be done to a volume. */
export type VolumeAction =
  | 'attach'
  | 'detach'
  | 'snapshot'
  | 'extend'
  | 'edit'
  | 'metadata'
  | 'setBootable'
  | 'setReadOnly'
  | 'retype'
  | 'revert'
  | 'clone'
  | 'upload'
  | 'backup'
  | 'transfer'
  | 'cancelTransfer'
  | 'migrate'
  | 'resetStatus'
  | 'forceDelete'
  | 'delete'

/** Who wants to act. */
export interface VolumeAsker {
  isAdmin: boolean
  /** Why this person may not change anything, or null. */
  readOnly: string | null
}

type Seen = Pick<VolumeRow, 'status' | 'multiattach' | 'migrationStatus' | 'attachments' | 'snapshotCount'>

/** The row of the table of rules that decides about an action. */
const ruleOf: Record<Exclude<VolumeAction, 'cancelTransfer'> | 'restore', Rule> = {
  attach: 'attach',
  detach: 'detach',
  snapshot: 'snapshot',
  extend: 'extend',
  edit: 'edit',
  metadata: 'edit',
  setBootable: 'edit',
  setReadOnly: 'setReadOnly',
  retype: 'retype',
  revert: 'revert',
  clone: 'clone',
  upload: 'upload',
  backup: 'backup',
  restore: 'restore',
  transfer: 'transfer',
  migrate: 'migrate',
  resetStatus: 'resetStatus',
  forceDelete: 'forceDelete',
  delete: 'delete',
}

/** The facts that the rules look at. */
const factsOf = (row: Seen) => ({
  status: row.status,
  attachments: row.attachments.length,
  multiattach: row.multiattach,
  migrating: isMigrating(row),
})

/** Why the action cannot be done on this volume now, as a sentence, or null when it can. */
export function volumeReason(action: VolumeAction | 'restore', row: Seen, asker: VolumeAsker): string | null {
  if (asker.readOnly) return asker.readOnly
  if (action === 'cancelTransfer')
    return row.status === 'awaiting_transfer' ? null : 'It is not offered to anybody.'
  const rule = ruleOf[action]
  if (volumeActions[rule].adminOnly && !asker.isAdmin) return 'Only administrators can do this.'
  const why = whyNotVolume(rule, factsOf(row))
  if (why) return why
  if (action === 'detach' && row.attachments.length === 1) return whyNotDetached(row.attachments[0]!)
  if (action === 'revert' && row.snapshotCount === 0) return 'It has no snapshot to go back to.'
  if ((action === 'migrate' || action === 'retype') && row.status === 'deleting')
    return 'It is being deleted.'
  if (action === 'migrate' && row.snapshotCount > 0)
    return 'A volume that has snapshots cannot move. Delete its snapshots first.'
  return null
}

/** Why one use of a volume cannot be ended now; null when it can. */
export function whyNotDetached({
  status,
  bootIndex,
  instanceId,
}: Pick<VolumeRow['attachments'][number], 'status' | 'bootIndex' | 'instanceId'>): string | null {
  if (instanceId === null) return 'No instance of this cloud has it.'
  if (bootIndex === 0) return 'The instance boots from it. Delete the instance: the volume stays.'
  if (status === 'detaching') return 'It is being detached.'
  return status === 'reserved' || status === 'attaching' ? 'Wait until it is attached.' : null
}
