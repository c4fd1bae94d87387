import { describe, expect, test } from 'vitest'
import {
  backupStatuses,
  snapshotActions,
  snapshotStatuses,
  statusOfAttachments,
  type VolumeAction,
  type VolumeStatusName,
  volumeActions,
  volumeStatuses,
  whyNotBackup,
  whyNotSnapshot,
  whyNotVolume,
} from './states.ts'

const settled = ['available', 'in_use']
const deletable = ['available', 'error', 'error_restoring', 'error_extending', 'error_managing']

/** What Cinder allows, written out once more and by hand. */
const allowed: Record<VolumeAction, readonly string[] | 'any'> = {
  attach: settled,
  detach: ['in_use'],
  extend: settled,
  snapshot: settled,
  clone: settled,
  revert: ['available'],
  upload: settled,
  backup: settled,
  restore: ['available'],
  retype: settled,
  migrate: ['available'],
  transfer: ['available'],
  setReadOnly: ['available'],
  edit: volumeStatuses.filter((status) => status !== 'deleting'),
  delete: deletable,
  forceDelete: 'any',
  resetStatus: 'any',
}
const still = { attachments: 0, multiattach: false, migrating: false }
const every = (Object.keys(volumeActions) as VolumeAction[]).flatMap((action) =>
  volumeStatuses.map((status): [VolumeAction, VolumeStatusName] => [action, status]),
)

test.each(every)('%s while %s', (action, status) => {
  const may = allowed[action] === 'any' || allowed[action].includes(status)
  expect(whyNotVolume(action, { status, ...still }) === null).toBe(may)
})

describe('what is attached', () => {
  const inUse = { ...still, status: 'in_use' as const, attachments: 1 }

  test('is given to a second instance only where its type allows several', () => {
    expect(whyNotVolume('attach', inUse)).toContain('does not allow several')
    expect(whyNotVolume('attach', { ...inUse, multiattach: true })).toBeNull()
  })

  test('is neither deleted, by force either, nor reverted', () => {
    const error = { ...inUse, status: 'error' as const }
    expect(whyNotVolume('delete', error)).toContain('Detach it first')
    expect(whyNotVolume('forceDelete', inUse)).toContain('Detach it first')
  })

  test('is left alone while it moves', () => {
    expect(whyNotVolume('extend', { ...inUse, migrating: true })).toContain('moves to another back end')
    expect(whyNotVolume('edit', { ...inUse, migrating: true })).toBeNull()
  })
})

test('each refusal is a sentence that says what would do', () => {
  expect(whyNotVolume('extend', { ...still, status: 'creating' })).toBe(
    'Cannot extend the volume while it is creating. It must be available or in-use.',
  )
  expect(whyNotVolume('setReadOnly', { ...still, status: 'error_extending' })).toBe(
    'Cannot change the access to the volume while it is error-extending. It must be available.',
  )
})

test.each(snapshotStatuses)('a snapshot that is %s', (status) => {
  expect(whyNotSnapshot('use', status) === null).toBe(status === 'available')
  expect(whyNotSnapshot('delete', status) === null).toBe(status === 'available' || status === 'error')
  expect(whyNotSnapshot('forceDelete', status)).toBeNull()
  expect(Object.keys(snapshotActions)).toHaveLength(5)
})

test.each([
  [[], 'available'],
  [['reserved'], 'reserved'],
  [['attaching'], 'attaching'],
  [['attached'], 'in_use'],
  [['detaching'], 'detaching'],
  [['attached', 'detaching'], 'in_use'],
  [['reserved', 'attached'], 'in_use'],
  [['reserved', 'attaching'], 'attaching'],
  [['reserved', 'reserved'], 'reserved'],
])('attachments %j make a volume %s', (attachments, status) => {
  expect(statusOfAttachments(attachments)).toBe(status)
})

test.each(backupStatuses)('a backup that is %s', (status) => {
  expect(whyNotBackup('restore', status) === null).toBe(status === 'available' || status === 'restoring')
  expect(whyNotBackup('delete', status) === null).toBe(status === 'available' || status === 'error')
  expect(whyNotBackup('edit', status) === null).toBe(status !== 'deleting')
  expect(whyNotBackup('forceDelete', status)).toBeNull()
})
