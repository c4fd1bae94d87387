/**
 * Nova's instance state machine as data: which action is allowed in which state, and what it sets.
 * The server enforces this table; the dashboard reads it to disable a button and say why.
 * Nothing here may import anything that only a server has.
 */

/** `vm_state`: what the instance is when nothing is under way. */
export const vmStates = [
  'building',
  'active',
  'stopped',
  'paused',
  'suspended',
  'rescued',
  'resized',
  'error',
  'deleted',
  'soft_deleted',
  'shelved',
  'shelved_offloaded',
] as const
export type VmStateName = (typeof vmStates)[number]

/** `task_state`: what is under way, in Nova's wire words. */
export const taskStates = [
  'scheduling',
  'networking',
  'block_device_mapping',
  'spawning',
  'powering-off',
  'powering-on',
  'rebooting',
  'reboot_pending',
  'reboot_started',
  'rebooting_hard',
  'reboot_pending_hard',
  'reboot_started_hard',
  'rebuilding',
  'rebuild_block_device_mapping',
  'rebuild_spawning',
  'image_snapshot_pending',
  'image_snapshot',
  'image_pending_upload',
  'image_uploading',
  'image_backup',
  'shelving',
  'shelving_image_pending_upload',
  'shelving_image_uploading',
  'shelving_offloading',
  'unshelving',
  'resize_prep',
  'resize_migrating',
  'resize_migrated',
  'resize_finish',
  'resize_confirming',
  'resize_reverting',
  'migrating',
  'deleting',
  'soft-deleting',
  'restoring',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'rescuing',
  'unrescuing',
  'updating_password',
] as const
export type TaskStateName = (typeof taskStates)[number]

/** `power_state`: what the hypervisor sees. */
export const powerStates = {
  NOSTATE: 0,
  RUNNING: 1,
  PAUSED: 3,
  SHUTDOWN: 4,
  CRASHED: 6,
  SUSPENDED: 7,
} as const

/** Actions a person can ask for. */
export type InstanceAction =
  | 'start'
  | 'stop'
  | 'rebootSoft'
  | 'rebootHard'
  | 'rebuild'
  | 'createImage'
  | 'createBackup'
  | 'shelve'
  | 'shelveOffload'
  | 'unshelve'
  | 'resize'
  | 'migrate'
  | 'confirmResize'
  | 'revertResize'
  | 'liveMigrate'
  | 'abortMigration'
  | 'forceMigration'
  | 'evacuate'
  | 'delete'
  | 'rename'
  | 'pause'
  | 'unpause'
  | 'suspend'
  | 'resume'
  | 'lock'
  | 'unlock'
  | 'rescue'
  | 'unrescue'
  | 'changePassword'
  | 'crashDump'
  | 'restore'
  | 'forceDelete'
  | 'resetState'
  | 'edit'
  | 'editTags'
  | 'editMetadata'
  | 'attachInterface'
  | 'detachInterface'
  | 'attachVolume'
  | 'detachVolume'

/** What an action needs and what it does to the states. */
export interface ActionRule {
  /** Allowed vm_states; `any` for every one. */
  vm: readonly VmStateName[] | 'any'
  /** Allowed task_states (null: nothing under way); `any` for every one. */
  task: readonly (TaskStateName | null)[] | 'any'
  /** task_state set when the action is accepted; null where it changes none. */
  sets: TaskStateName | null
  /** A locked instance refuses it (administrators pass). */
  refusedWhenLocked: boolean
  /** Only of use while the instance is locked. */
  needsLock?: boolean
  /** How people call it, for sentences and buttons. */
  label: string
}

const idle = [null] as const
const settled = ['active', 'paused', 'suspended', 'stopped'] as const
const withVolumes = ['active', 'paused', 'stopped', 'resized', 'soft_deleted', 'shelved'] as const
const copiable = ['active', 'stopped', 'paused', 'suspended'] as const

/** Nova's table (`nova/compute/api.py`, check_instance_state). */
export const instanceActions: Record<InstanceAction, ActionRule> = {
  start: { vm: ['stopped'], task: idle, sets: 'powering-on', refusedWhenLocked: true, label: 'Start' },
  stop: { vm: ['active', 'error'], task: idle, sets: 'powering-off', refusedWhenLocked: true, label: 'Stop' },
  rebootSoft: { vm: ['active'], task: idle, sets: 'rebooting', refusedWhenLocked: true, label: 'Reboot' },
  rebootHard: {
    vm: ['active', 'stopped', 'paused', 'suspended', 'error'],
    task: [
      null,
      'rebooting',
      'reboot_pending',
      'reboot_started',
      'rebooting_hard',
      'resuming',
      'unpausing',
      'pausing',
      'suspending',
    ],
    sets: 'rebooting_hard',
    refusedWhenLocked: true,
    label: 'Hard reboot',
  },
  rebuild: {
    vm: ['active', 'stopped', 'error'],
    task: idle,
    sets: 'rebuilding',
    refusedWhenLocked: true,
    label: 'Rebuild',
  },
  createImage: {
    vm: copiable,
    task: idle,
    sets: 'image_snapshot_pending',
    refusedWhenLocked: false,
    label: 'Create image',
  },
  createBackup: {
    vm: copiable,
    task: idle,
    sets: 'image_backup',
    refusedWhenLocked: false,
    label: 'Back up',
  },
  shelve: { vm: copiable, task: idle, sets: 'shelving', refusedWhenLocked: true, label: 'Shelve' },
  shelveOffload: {
    vm: ['shelved'],
    task: idle,
    sets: 'shelving_offloading',
    refusedWhenLocked: true,
    label: 'Offload',
  },
  unshelve: {
    vm: ['shelved', 'shelved_offloaded'],
    task: idle,
    sets: 'unshelving',
    refusedWhenLocked: true,
    label: 'Unshelve',
  },
  resize: {
    vm: ['active', 'stopped'],
    task: idle,
    sets: 'resize_prep',
    refusedWhenLocked: true,
    label: 'Resize',
  },
  migrate: {
    vm: ['active', 'stopped'],
    task: idle,
    sets: 'resize_prep',
    refusedWhenLocked: true,
    label: 'Migrate',
  },
  confirmResize: {
    vm: ['resized'],
    task: idle,
    sets: 'resize_confirming',
    refusedWhenLocked: true,
    label: 'Confirm resize',
  },
  revertResize: {
    vm: ['resized'],
    task: idle,
    sets: 'resize_reverting',
    refusedWhenLocked: true,
    label: 'Revert resize',
  },
  liveMigrate: {
    vm: ['active', 'paused'],
    task: idle,
    sets: 'migrating',
    refusedWhenLocked: true,
    label: 'Live migrate',
  },
  abortMigration: {
    vm: 'any',
    task: ['migrating'],
    sets: null,
    refusedWhenLocked: true,
    label: 'Abort the migration',
  },
  forceMigration: {
    vm: ['active'],
    task: ['migrating'],
    sets: null,
    refusedWhenLocked: true,
    label: 'Complete the migration now',
  },
  evacuate: {
    vm: ['active', 'stopped', 'error'],
    task: 'any',
    sets: 'rebuilding',
    refusedWhenLocked: true,
    label: 'Evacuate',
  },
  delete: { vm: 'any', task: 'any', sets: 'deleting', refusedWhenLocked: true, label: 'Delete' },
  rename: { vm: 'any', task: 'any', sets: null, refusedWhenLocked: false, label: 'Rename' },
  pause: { vm: ['active'], task: idle, sets: 'pausing', refusedWhenLocked: true, label: 'Pause' },
  unpause: { vm: ['paused'], task: idle, sets: 'unpausing', refusedWhenLocked: true, label: 'Unpause' },
  suspend: { vm: ['active'], task: idle, sets: 'suspending', refusedWhenLocked: true, label: 'Suspend' },
  resume: { vm: ['suspended'], task: idle, sets: 'resuming', refusedWhenLocked: true, label: 'Resume' },
  rescue: {
    vm: ['active', 'stopped', 'error'],
    task: idle,
    sets: 'rescuing',
    refusedWhenLocked: true,
    label: 'Rescue',
  },
  unrescue: { vm: ['rescued'], task: idle, sets: 'unrescuing', refusedWhenLocked: true, label: 'Unrescue' },
  lock: { vm: 'any', task: 'any', sets: null, refusedWhenLocked: false, label: 'Lock' },
  unlock: { vm: 'any', task: 'any', sets: null, refusedWhenLocked: false, needsLock: true, label: 'Unlock' },
  changePassword: {
    vm: ['active'],
    task: idle,
    sets: 'updating_password',
    refusedWhenLocked: true,
    label: 'Change password',
  },
  crashDump: {
    vm: ['active', 'paused', 'rescued', 'resized', 'error'],
    task: idle,
    sets: null,
    refusedWhenLocked: true,
    label: 'Trigger crash dump',
  },
  restore: { vm: ['soft_deleted'], task: idle, sets: 'restoring', refusedWhenLocked: true, label: 'Restore' },
  forceDelete: { vm: 'any', task: 'any', sets: 'deleting', refusedWhenLocked: true, label: 'Force delete' },
  resetState: { vm: 'any', task: 'any', sets: null, refusedWhenLocked: false, label: 'Reset state' },
  edit: { vm: 'any', task: 'any', sets: null, refusedWhenLocked: false, label: 'Edit' },
  editTags: { vm: settled, task: 'any', sets: null, refusedWhenLocked: false, label: 'Edit tags' },
  editMetadata: { vm: settled, task: 'any', sets: null, refusedWhenLocked: true, label: 'Edit metadata' },
  attachInterface: {
    vm: ['active', 'paused', 'stopped'],
    task: idle,
    sets: null,
    refusedWhenLocked: true,
    label: 'Attach interface',
  },
  detachInterface: {
    vm: ['active', 'paused', 'stopped'],
    task: idle,
    sets: null,
    refusedWhenLocked: true,
    label: 'Detach interface',
  },
  attachVolume: {
    vm: withVolumes,
    task: idle,
    sets: null,
    refusedWhenLocked: true,
    label: 'Attach volume',
  },
  detachVolume: {
    vm: withVolumes,
    task: idle,
    sets: null,
    refusedWhenLocked: true,
    label: 'Detach volume',
  },
}

/** Who locked an instance, as in Nova: somebody who acts in its project, or an administrator from elsewhere. */
export type LockedBy = 'owner' | 'admin'

/** The part of an instance that the table looks at. */
export interface InstanceState {
  vmState: VmStateName
  taskState: string | null
  locked: boolean
  lockedBy?: string | null
}

/** Why the action is not allowed now, as a sentence, or null when it is. */
export function whyNot(
  action: InstanceAction,
  { vmState, taskState, locked, lockedBy }: InstanceState,
  { ignoreLock = false } = {},
): string | null {
  const rule = instanceActions[action]
  const verb = rule.label.toLowerCase()
  if (locked && rule.refusedWhenLocked && !ignoreLock) return 'The instance is locked.'
  if (!locked && rule.needsLock) return 'The instance is not locked.'
  if (rule.needsLock && lockedBy === 'admin' && !ignoreLock)
    return 'An administrator locked the instance; only an administrator can unlock it.'
  if (rule.vm !== 'any' && !rule.vm.includes(vmState))
    return `Cannot ${verb} while the instance is ${vmState}; it must be ${rule.vm.join(' or ')}.`
  if (rule.task !== 'any' && !rule.task.some((task) => task === taskState) && taskState === null)
    return `Cannot ${verb} while the instance is ${vmState}: nothing of the kind is under way.`
  if (rule.task !== 'any' && !rule.task.some((task) => task === taskState))
    return `Cannot ${verb} while the instance is ${taskState ?? 'idle'}; wait until that is done.`
  return null
}

/** Tasks that show in the status, and in which vm_states they do. */
const taskStatuses: readonly { status: string; vm: readonly VmStateName[]; tasks: readonly string[] }[] = [
  { status: 'REBOOT', vm: ['active'], tasks: ['rebooting', 'reboot_pending', 'reboot_started'] },
  {
    status: 'HARD_REBOOT',
    vm: ['active'],
    tasks: ['rebooting_hard', 'reboot_pending_hard', 'reboot_started_hard'],
  },
  {
    status: 'REBUILD',
    vm: ['active', 'stopped', 'error'],
    tasks: ['rebuilding', 'rebuild_block_device_mapping', 'rebuild_spawning'],
  },
  { status: 'PASSWORD', vm: ['active'], tasks: ['updating_password'] },
  {
    status: 'RESIZE',
    vm: ['active', 'stopped'],
    tasks: ['resize_prep', 'resize_migrating', 'resize_migrated', 'resize_finish'],
  },
  { status: 'REVERT_RESIZE', vm: ['resized'], tasks: ['resize_reverting'] },
  { status: 'MIGRATING', vm: ['active', 'paused'], tasks: ['migrating'] },
]
const vmStatus: Record<VmStateName, string> = {
  building: 'BUILD',
  active: 'ACTIVE',
  stopped: 'SHUTOFF',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  rescued: 'RESCUE',
  resized: 'VERIFY_RESIZE',
  error: 'ERROR',
  deleted: 'DELETED',
  soft_deleted: 'SOFT_DELETED',
  shelved: 'SHELVED',
  shelved_offloaded: 'SHELVED_OFFLOADED',
}

/** The API status: derived from vm_state and task_state, never stored. */
export function instanceStatus(vmState: VmStateName, taskState: string | null): string {
  const shown = taskStatuses.find(({ vm, tasks }) => vm.includes(vmState) && tasks.includes(taskState ?? ''))
  return shown?.status ?? vmStatus[vmState]
}

/** vm_states in which a machine runs, and so has a screen and a serial port. */
const withConsole: readonly VmStateName[] = ['active', 'paused', 'rescued', 'resized']

/**
 * Why the instance has no console now, as a sentence, or null when it has one. Nova: InstanceNotReady while it is
 * being built or does not run; a lock does not matter.
 */
export function whyNoConsole({
  vmState,
  taskState,
  powerState,
}: Omit<InstanceState, 'locked'> & { powerState: number }): string | null {
  if (vmState === 'building') return 'The instance is still being built; it has a console once it runs.'
  if (taskState === 'deleting') return 'The instance is being deleted.'
  const runs = powerState === powerStates.RUNNING || powerState === powerStates.PAUSED
  if (runs && (withConsole.includes(vmState) || vmState === 'error')) return null
  return vmState === 'active'
    ? 'The machine of the instance does not run now.'
    : `The instance is ${vmState.replace('_', ' ')}; it has a console while it runs.`
}

/** Why the WebSocket of a console was closed: its close code. The reason beside it is a sentence for people. */
export const consoleCloses = {
  /** Somebody closed it. */
  done: 1000,
  /** The token is unknown, used, expired or another session's. */
  token: 4401,
  /** Signed out, or the role is gone. */
  forbidden: 4403,
  /** The instance is gone. */
  gone: 4404,
  /** Nothing came or went for too long, or it was open for as long as it may. */
  idle: 4408,
  /** The machine does not run. */
  stopped: 4409,
  /** This reader was too slow. */
  slow: 4413,
  /** The machine has no such console. */
  unsupported: 4415,
  /** Too many are open. */
  tooMany: 4429,
  /** Something between was restarted or lost; starting anew helps. */
  lost: 4503,
} as const
