import { expect, test } from 'vitest'
import { backupReason } from './row.ts'

const member = { isAdmin: false, readOnly: null }
const admin = { isAdmin: true, readOnly: null }
const ready = { status: 'available', childCount: 0 } as const

test('a backup that others build on stays', () => {
  expect(backupReason('delete', ready, member)).toBeNull()
  expect(backupReason('delete', { ...ready, childCount: 1 }, member)).toMatch(/Newer backups/)
  expect(backupReason('forceDelete', { ...ready, childCount: 1 }, admin)).toMatch(/Newer backups/)
})

test('only a whole backup is restored, also to several volumes at once', () => {
  expect(backupReason('restore', ready, member)).toBeNull()
  expect(backupReason('restore', { ...ready, status: 'restoring' }, member)).toBeNull()
  expect(backupReason('restore', { ...ready, status: 'creating' }, member)).toMatch(/must be/)
})

test('what repairs is for administrators', () => {
  expect(backupReason('resetStatus', ready, member)).toMatch(/administrators/)
  expect(backupReason('resetStatus', ready, admin)).toBeNull()
  expect(backupReason('edit', ready, { ...member, readOnly: 'You only read.' })).toBe('You only read.')
})
