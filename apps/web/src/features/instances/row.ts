import { instanceStatus } from '@nephos/core/states'
import type { RouterOutputs } from '#trpc/client.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One instance as lists hold it. */
export type InstanceRow = RouterOutputs['compute']['instances']['list']['items'][number]
/** One instance with everything that its page shows. */
export type InstanceDetail = RouterOutputs['compute']['instances']['show']

/** What the state cell says about an instance. */
export interface InstanceLook {
  tone: StateTone
  /** One word for people: "Running", "Stopping". */
  word: string
  /** When the change that is under way began. */
  since: Date | null
}

const taskWords: Record<string, string> = {
  scheduling: 'Scheduling',
  networking: 'Wiring network',
  block_device_mapping: 'Preparing disk',
  spawning: 'Starting',
  'powering-off': 'Stopping',
  'powering-on': 'Starting',
  rebooting: 'Rebooting',
  reboot_pending: 'Rebooting',
  reboot_started: 'Rebooting',
  rebooting_hard: 'Hard rebooting',
  reboot_pending_hard: 'Hard rebooting',
  reboot_started_hard: 'Hard rebooting',
  rebuilding: 'Rebuilding',
  rebuild_block_device_mapping: 'Making new disks',
  rebuild_spawning: 'Starting',
  image_snapshot_pending: 'Creating image',
  image_snapshot: 'Copying disk',
  image_backup: 'Backing up',
  image_pending_upload: 'Uploading image',
  image_uploading: 'Uploading image',
  shelving: 'Shelving',
  shelving_image_pending_upload: 'Shelving',
  shelving_image_uploading: 'Shelving',
  shelving_offloading: 'Leaving its host',
  unshelving: 'Unshelving',
  resize_prep: 'Finding a host',
  resize_migrating: 'Moving',
  resize_migrated: 'Moving',
  resize_finish: 'Starting',
  resize_confirming: 'Confirming resize',
  resize_reverting: 'Reverting resize',
  migrating: 'Migrating',
  deleting: 'Deleting',
  'soft-deleting': 'Deleting',
  restoring: 'Restoring',
  pausing: 'Pausing',
  unpausing: 'Unpausing',
  suspending: 'Suspending',
  resuming: 'Resuming',
  rescuing: 'Rescuing',
  unrescuing: 'Unrescuing',
  updating_password: 'Setting password',
}

const stateLooks: Partial<Record<string, [StateTone, string]>> = {
  building: ['busy', 'Building'],
  active: ['ok', 'Running'],
  stopped: ['idle', 'Stopped'],
  paused: ['warn', 'Paused'],
  suspended: ['idle', 'Suspended'],
  rescued: ['warn', 'Rescue'],
  resized: ['warn', 'Confirm resize'],
  error: ['bad', 'Error'],
  deleted: ['idle', 'Deleted'],
  soft_deleted: ['idle', 'In the bin'],
  shelved: ['idle', 'Shelved'],
  shelved_offloaded: ['idle', 'Shelved'],
}

/** Colour, word and beginning of an instance's state. */
export function instanceLook(row: Pick<InstanceRow, 'vmState' | 'taskState' | 'updatedAt'>): InstanceLook {
  if (row.taskState)
    return { tone: 'busy', word: taskWords[row.taskState] ?? row.taskState, since: row.updatedAt }
  const [tone, word] = stateLooks[row.vmState] ?? ['idle', instanceStatus(row.vmState, null)]
  return { tone, word, since: tone === 'busy' ? row.updatedAt : null }
}

/** What can be filtered by, as the API calls it and as people do. */
export const statusFilters = [
  { value: 'ACTIVE', label: 'Running' },
  { value: 'SHUTOFF', label: 'Stopped' },
  { value: 'BUILD', label: 'Building' },
  { value: 'PAUSED', label: 'Paused' },
  { value: 'SUSPENDED', label: 'Suspended' },
  { value: 'RESCUE', label: 'Rescue' },
  { value: 'VERIFY_RESIZE', label: 'Confirm resize' },
  { value: 'SOFT_DELETED', label: 'In the bin' },
  { value: 'ERROR', label: 'Error' },
] as const
