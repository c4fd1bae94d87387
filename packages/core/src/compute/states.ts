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
  'deleting',
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
  | 'delete'
  | 'rename'

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
  /** How people call it, for sentences and buttons. */
  label: string
}

const idle = [null] as const
const copiable = ['active', 'stopped', 'paused', 'suspended'] as const

/** Nova's table (`nova/compute/api.py`, check_instance_state). */
export const instanceActions: Record<InstanceAction, ActionRule> = {
  start: { vm: ['stopped'], task: idle, sets: 'powering-on', refusedWhenLocked: true, label: 'Start' },
  stop: { vm: ['active', 'error'], task: idle, sets: 'powering-off', refusedWhenLocked: true, label: 'Stop' },
  rebootSoft: { vm: ['active'], task: idle, sets: 'rebooting', refusedWhenLocked: true, label: 'Reboot' },
  rebootHard: {
    vm: ['active', 'stopped', 'paused', 'suspended', 'error'],
    task: [null, 'rebooting', 'reboot_pending', 'reboot_started', 'rebooting_hard'],
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
  delete: { vm: 'any', task: 'any', sets: 'deleting', refusedWhenLocked: true, label: 'Delete' },
  rename: { vm: 'any', task: 'any', sets: null, refusedWhenLocked: false, label: 'Rename' },
}

/** The part of an instance that the table looks at. */
export interface InstanceState {
  vmState: VmStateName
  taskState: string | null
  locked: boolean
}

/** Why the action is not allowed now, as a sentence, or null when it is. */
export function whyNot(
  action: InstanceAction,
  { vmState, taskState, locked }: InstanceState,
  { ignoreLock = false } = {},
): string | null {
  const rule = instanceActions[action]
  const verb = rule.label.toLowerCase()
  if (locked && rule.refusedWhenLocked && !ignoreLock) return 'The instance is locked.'
  if (rule.vm !== 'any' && !rule.vm.includes(vmState))
    return `Cannot ${verb} while the instance is ${vmState}; it must be ${rule.vm.join(' or ')}.`
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
