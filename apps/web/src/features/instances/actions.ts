import { type InstanceAction, instanceActions, type TaskStateName, whyNot } from '@nephos/core/states'
import {
  Archive,
  ArchiveRestore,
  ArrowRightLeft,
  Bug,
  Cable,
  Camera,
  CheckCheck,
  CircleStop,
  DoorOpen,
  FastForward,
  FileText,
  Hammer,
  HardDrive,
  HardDriveDownload,
  HardDriveUpload,
  History,
  KeyRound,
  LifeBuoy,
  ListTree,
  Lock,
  LockOpen,
  LogOut,
  Moon,
  PackageOpen,
  Pause,
  Pencil,
  Play,
  RotateCcw,
  RotateCw,
  Scaling,
  Square,
  StepForward,
  Sunrise,
  Tags,
  Trash2,
  Undo2,
  Unplug,
  Wrench,
  Zap,
} from 'lucide-react'
import type { ComponentType } from 'react'
import type { InstanceRow } from './row.ts'

/** The parts that menus are divided into, in their order. */
export const actionGroups = {
  power: 'Power',
  access: 'Console and access',
  copy: 'Snapshot and backup',
  devices: 'Devices',
  move: 'Resize and move',
  settings: 'Settings',
  admin: 'Administration',
  danger: 'Removal',
} as const
export type ActionGroup = keyof typeof actionGroups

/** How one action on an instance is offered, everywhere it is. */
export interface InstanceActionSpec {
  id: InstanceAction
  label: string
  icon: ComponentType<{ className?: string }>
  group: ActionGroup
  /** Stands in the menu itself; all others are in the submenu of their group. */
  pinned?: boolean
  danger?: boolean
  /** Offered for several at once. Only for actions that need no dialog. */
  bulk?: boolean
  /** Members see it disabled, with the reason. */
  adminOnly?: boolean
  /** "Stopping web-1": while it is being asked for. */
  doing: string
}

/** The actions on an instance, in the order of menus. What is allowed when stands in core's state table. */
export const instanceActionSpecs: readonly InstanceActionSpec[] = [
  { id: 'start', label: 'Start', icon: Play, group: 'power', pinned: true, bulk: true, doing: 'Starting' },
  { id: 'stop', label: 'Stop', icon: Square, group: 'power', pinned: true, bulk: true, doing: 'Stopping' },
  { id: 'rebootSoft', label: 'Reboot', icon: RotateCw, group: 'power', pinned: true, doing: 'Rebooting' },
  {
    id: 'rebootHard',
    label: 'Hard reboot',
    icon: RotateCcw,
    group: 'power',
    bulk: true,
    doing: 'Hard rebooting',
  },
  { id: 'pause', label: 'Pause', icon: Pause, group: 'power', bulk: true, doing: 'Pausing' },
  { id: 'unpause', label: 'Unpause', icon: StepForward, group: 'power', bulk: true, doing: 'Unpausing' },
  { id: 'suspend', label: 'Suspend', icon: Moon, group: 'power', bulk: true, doing: 'Suspending' },
  { id: 'resume', label: 'Resume', icon: Sunrise, group: 'power', bulk: true, doing: 'Resuming' },
  { id: 'rescue', label: 'Rescue', icon: LifeBuoy, group: 'access', doing: 'Rescuing' },
  { id: 'unrescue', label: 'Unrescue', icon: Undo2, group: 'access', doing: 'Ending the rescue of' },
  {
    id: 'changePassword',
    label: 'Change password',
    icon: KeyRound,
    group: 'access',
    doing: 'A password was changed in',
  },
  {
    id: 'crashDump',
    label: 'Trigger crash dump',
    icon: Bug,
    group: 'access',
    doing: 'A crash dump was triggered in',
  },
  {
    id: 'attachInterface',
    label: 'Attach interface',
    icon: Cable,
    group: 'devices',
    doing: 'Attaching an interface to',
  },
  {
    id: 'detachInterface',
    label: 'Detach interface',
    icon: Unplug,
    group: 'devices',
    doing: 'Detaching an interface from',
  },
  {
    id: 'attachVolume',
    label: 'Attach volume',
    icon: HardDrive,
    group: 'devices',
    doing: 'Attaching a volume to',
  },
  {
    id: 'detachVolume',
    label: 'Detach volume',
    icon: HardDriveUpload,
    group: 'devices',
    doing: 'Detaching a volume from',
  },
  { id: 'createImage', label: 'Create image', icon: Camera, group: 'copy', doing: 'Creating an image of' },
  { id: 'createBackup', label: 'Back up', icon: HardDriveDownload, group: 'copy', doing: 'Backing up' },
  { id: 'shelve', label: 'Shelve', icon: Archive, group: 'copy', bulk: true, doing: 'Shelving' },
  { id: 'unshelve', label: 'Unshelve', icon: PackageOpen, group: 'copy', bulk: true, doing: 'Unshelving' },
  { id: 'rebuild', label: 'Rebuild', icon: Hammer, group: 'copy', danger: true, doing: 'Rebuilding' },
  { id: 'resize', label: 'Resize', icon: Scaling, group: 'move', doing: 'Resizing' },
  {
    id: 'confirmResize',
    label: 'Confirm resize',
    icon: CheckCheck,
    group: 'move',
    bulk: true,
    doing: 'Confirming the resize of',
  },
  {
    id: 'revertResize',
    label: 'Revert resize',
    icon: History,
    group: 'move',
    bulk: true,
    doing: 'Reverting the resize of',
  },
  {
    id: 'liveMigrate',
    label: 'Live migrate',
    icon: Zap,
    group: 'move',
    adminOnly: true,
    doing: 'Live migrating',
  },
  {
    id: 'forceMigration',
    label: 'Complete the migration now',
    icon: FastForward,
    group: 'move',
    adminOnly: true,
    bulk: true,
    doing: 'Completing the migration of',
  },
  {
    id: 'abortMigration',
    label: 'Abort the migration',
    icon: CircleStop,
    group: 'move',
    adminOnly: true,
    bulk: true,
    doing: 'Aborting the migration of',
  },
  {
    id: 'migrate',
    label: 'Migrate',
    icon: ArrowRightLeft,
    group: 'move',
    adminOnly: true,
    doing: 'Migrating',
  },
  {
    id: 'evacuate',
    label: 'Evacuate',
    icon: DoorOpen,
    group: 'move',
    adminOnly: true,
    danger: true,
    doing: 'Evacuating',
  },
  {
    id: 'shelveOffload',
    label: 'Offload',
    icon: LogOut,
    group: 'admin',
    bulk: true,
    adminOnly: true,
    doing: 'Offloading',
  },
  { id: 'rename', label: 'Rename', icon: Pencil, group: 'settings', doing: 'Renaming' },
  { id: 'edit', label: 'Edit', icon: FileText, group: 'settings', doing: 'Changed' },
  { id: 'editTags', label: 'Edit tags', icon: Tags, group: 'settings', doing: 'Changed the tags of' },
  {
    id: 'editMetadata',
    label: 'Edit metadata',
    icon: ListTree,
    group: 'settings',
    doing: 'Changed the metadata of',
  },
  { id: 'lock', label: 'Lock', icon: Lock, group: 'settings', doing: 'Locked' },
  { id: 'unlock', label: 'Unlock', icon: LockOpen, group: 'settings', bulk: true, doing: 'Unlocked' },
  {
    id: 'resetState',
    label: 'Reset state',
    icon: Wrench,
    group: 'admin',
    adminOnly: true,
    doing: 'Reset the state of',
  },
  { id: 'restore', label: 'Restore', icon: ArchiveRestore, group: 'danger', bulk: true, doing: 'Restoring' },
  {
    id: 'forceDelete',
    label: 'Force delete',
    icon: Trash2,
    group: 'danger',
    danger: true,
    bulk: true,
    doing: 'Deleting',
  },
  {
    id: 'delete',
    label: 'Delete',
    icon: Trash2,
    group: 'danger',
    pinned: true,
    danger: true,
    bulk: true,
    doing: 'Deleting',
  },
]

const specs = new Map(instanceActionSpecs.map((spec) => [spec.id, spec]))

/** Who wants to act. */
export interface Asker {
  isAdmin: boolean
  /** Why this person may not change anything, or null. */
  readOnly: string | null
}

/** Why the action cannot be done on this instance now, as a sentence, or null when it can. */
export function actionReason(
  action: InstanceAction,
  row: Pick<InstanceRow, 'vmState' | 'taskState' | 'locked'> & Partial<Pick<InstanceRow, 'lockedBy'>>,
  { isAdmin, readOnly }: Asker,
): string | null {
  if (readOnly) return readOnly
  if (!isAdmin && specs.get(action)?.adminOnly) return 'Only administrators can do this.'
  // The table allows deleting again what is being deleted; asking twice helps nobody.
  if ((action === 'delete' || action === 'forceDelete') && row.taskState === 'deleting')
    return 'The instance is being deleted.'
  return whyNot(action, row, { ignoreLock: isAdmin })
}

/** Why an action can be done on none of several instances, or null when it can on at least one. */
export function bulkReason(
  action: InstanceAction,
  rows: readonly InstanceRow[],
  asker: Asker,
): string | null {
  const reasons = rows.map((row) => actionReason(action, row, asker))
  if (rows.length === 0) return 'Nothing is selected.'
  if (reasons.some((reason) => reason === null)) return null
  const [first] = reasons
  return reasons.every((reason) => reason === first)
    ? first!
    : 'None of the selected instances allows it now.'
}

/** The instance as it will be once the action is accepted: what the page shows in the same frame. */
export function afterAsking<Row extends Pick<InstanceRow, 'taskState' | 'updatedAt'>>(
  action: InstanceAction,
  row: Row,
  now = new Date(),
): Row {
  const sets: TaskStateName | null = instanceActions[action].sets
  return sets ? { ...row, taskState: sets, updatedAt: now } : row
}
