import { describe, expect, test } from 'vitest'
import {
  type InstanceAction,
  instanceActions,
  instanceStatus,
  taskStates,
  vmStates,
  whyNot,
} from './states.ts'

const withVolumes = ['active', 'paused', 'stopped', 'resized', 'soft_deleted', 'shelved']

/** What Nova allows, written out once more and by hand: action → vm_states → task_states. */
const allowed: Record<InstanceAction, (vm: string, task: string | null) => boolean> = {
  start: (vm, task) => vm === 'stopped' && task === null,
  stop: (vm, task) => ['active', 'error'].includes(vm) && task === null,
  rebootSoft: (vm, task) => vm === 'active' && task === null,
  rebootHard: (vm, task) =>
    ['active', 'stopped', 'paused', 'suspended', 'error'].includes(vm) &&
    [
      null,
      'rebooting',
      'reboot_pending',
      'reboot_started',
      'rebooting_hard',
      'resuming',
      'unpausing',
      'pausing',
      'suspending',
    ].includes(task as never),
  rebuild: (vm, task) => ['active', 'stopped', 'error'].includes(vm) && task === null,
  createImage: (vm, task) => ['active', 'stopped', 'paused', 'suspended'].includes(vm) && task === null,
  createBackup: (vm, task) => ['active', 'stopped', 'paused', 'suspended'].includes(vm) && task === null,
  shelve: (vm, task) => ['active', 'stopped', 'paused', 'suspended'].includes(vm) && task === null,
  shelveOffload: (vm, task) => vm === 'shelved' && task === null,
  unshelve: (vm, task) => ['shelved', 'shelved_offloaded'].includes(vm) && task === null,
  resize: (vm, task) => ['active', 'stopped'].includes(vm) && task === null,
  migrate: (vm, task) => ['active', 'stopped'].includes(vm) && task === null,
  confirmResize: (vm, task) => vm === 'resized' && task === null,
  revertResize: (vm, task) => vm === 'resized' && task === null,
  liveMigrate: (vm, task) => ['active', 'paused'].includes(vm) && task === null,
  abortMigration: (_vm, task) => task === 'migrating',
  forceMigration: (vm, task) => vm === 'active' && task === 'migrating',
  evacuate: (vm) => ['active', 'stopped', 'error'].includes(vm),
  delete: () => true,
  rename: () => true,
  pause: (vm, task) => vm === 'active' && task === null,
  unpause: (vm, task) => vm === 'paused' && task === null,
  suspend: (vm, task) => vm === 'active' && task === null,
  resume: (vm, task) => vm === 'suspended' && task === null,
  rescue: (vm, task) => ['active', 'stopped', 'error'].includes(vm) && task === null,
  unrescue: (vm, task) => vm === 'rescued' && task === null,
  lock: () => true,
  // Of an instance that is not locked.
  unlock: () => false,
  changePassword: (vm, task) => vm === 'active' && task === null,
  crashDump: (vm, task) => ['active', 'paused', 'rescued', 'resized', 'error'].includes(vm) && task === null,
  restore: (vm, task) => vm === 'soft_deleted' && task === null,
  forceDelete: () => true,
  resetState: () => true,
  edit: () => true,
  editTags: (vm) => ['active', 'paused', 'suspended', 'stopped'].includes(vm),
  attachInterface: (vm, task) => ['active', 'paused', 'stopped'].includes(vm) && task === null,
  detachInterface: (vm, task) => ['active', 'paused', 'stopped'].includes(vm) && task === null,
  attachVolume: (vm, task) => withVolumes.includes(vm) && task === null,
  detachVolume: (vm, task) => withVolumes.includes(vm) && task === null,
  editMetadata: (vm) => ['active', 'paused', 'suspended', 'stopped'].includes(vm),
}
const actions = Object.keys(instanceActions) as InstanceAction[]
const tasks = [null, ...taskStates]

describe('every action in every state', () => {
  for (const action of actions)
    for (const vmState of vmStates)
      test(`${action} while ${vmState}`, () => {
        for (const taskState of tasks) {
          const why = whyNot(action, { vmState, taskState, locked: false })
          expect({ taskState, allowed: why === null }).toEqual({
            taskState,
            allowed: allowed[action](vmState, taskState),
          })
          if (why && action !== 'unlock')
            expect(why).toContain(taskState !== null && why.includes('wait') ? taskState : vmState)
        }
      })
})

/** What a locked instance still allows. */
const unlockable: InstanceAction[] = [
  'rename',
  'createImage',
  'createBackup',
  'lock',
  'unlock',
  'resetState',
  'edit',
  'editTags',
]

test('a lock refuses what changes the instance, for everyone but administrators', () => {
  for (const action of actions) {
    const state = { vmState: 'active', taskState: null, locked: true } as const
    const free = whyNot(action, { ...state, locked: false })
    const refused = whyNot(action, state)
    if (action === 'unlock') {
      expect([free, refused]).toEqual(['The instance is not locked.', null])
      continue
    }
    if (unlockable.includes(action)) expect(refused).toBe(free)
    else expect(refused).toBe('The instance is locked.')
    expect(whyNot(action, state, { ignoreLock: true })).toBe(free)
  }
})

test('the status is derived as Nova does', () => {
  const statuses = Object.fromEntries(vmStates.map((vmState) => [vmState, instanceStatus(vmState, null)]))
  expect(statuses).toEqual({
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
  })
  expect(instanceStatus('active', 'rebooting')).toBe('REBOOT')
  expect(instanceStatus('active', 'reboot_started_hard')).toBe('HARD_REBOOT')
  expect(instanceStatus('active', 'updating_password')).toBe('PASSWORD')
  expect(instanceStatus('active', 'powering-off')).toBe('ACTIVE')
  expect(instanceStatus('stopped', 'rebooting_hard')).toBe('SHUTOFF')
  for (const vmState of ['active', 'stopped', 'error'] as const)
    expect(instanceStatus(vmState, 'rebuild_spawning')).toBe('REBUILD')
  expect(instanceStatus('active', 'image_uploading')).toBe('ACTIVE')
  expect(instanceStatus('shelved_offloaded', 'unshelving')).toBe('SHELVED_OFFLOADED')
  expect(instanceStatus('stopped', 'resize_migrating')).toBe('RESIZE')
  expect(instanceStatus('resized', 'resize_confirming')).toBe('VERIFY_RESIZE')
  expect(instanceStatus('resized', 'resize_reverting')).toBe('REVERT_RESIZE')
  expect(instanceStatus('paused', 'migrating')).toBe('MIGRATING')
  for (const vmState of vmStates)
    expect(instanceStatus(vmState, 'deleting')).toBe(instanceStatus(vmState, null))
})
