import { volumeStatuses } from '@nephos/core/volume-states'
import { describe, expect, test } from 'vitest'
import { volumeReason, whyNotDetached } from './actions.ts'
import { limitWords, volumeLabel, volumeLook } from './row.ts'

type Seen = Parameters<typeof volumeReason>[1]
const attachment = { status: 'attached', bootIndex: null, instanceId: 'i' } as Seen['attachments'][number]
const free: Seen = {
  status: 'available',
  multiattach: false,
  migrationStatus: null,
  attachments: [],
  snapshotCount: 0,
}
const used: Seen = { ...free, status: 'in_use', attachments: [attachment] }
const member = { isAdmin: false, readOnly: null }
const admin = { isAdmin: true, readOnly: null }

describe('what can be done to a volume', () => {
  test('follows the table of the server', () => {
    expect(volumeReason('attach', free, member)).toBeNull()
    expect(volumeReason('attach', used, member)).toMatch(/attached already/)
    expect(volumeReason('attach', { ...used, multiattach: true }, member)).toBeNull()
    expect(volumeReason('detach', used, member)).toBeNull()
    expect(volumeReason('detach', free, member)).toMatch(/must be in-use/)
    expect(volumeReason('delete', used, member)).toMatch(/must be/)
    expect(volumeReason('extend', { ...free, migrationStatus: 'migrating' }, member)).toMatch(/moves/)
  })
  test('asks for a right where one is needed', () => {
    expect(volumeReason('forceDelete', free, member)).toMatch(/administrators/)
    expect(volumeReason('forceDelete', free, admin)).toBeNull()
    expect(volumeReason('edit', free, { ...member, readOnly: 'You only read.' })).toBe('You only read.')
  })
  test('knows what the table does not', () => {
    expect(volumeReason('revert', free, member)).toMatch(/no snapshot/)
    expect(volumeReason('revert', { ...free, snapshotCount: 1 }, member)).toBeNull()
    expect(volumeReason('migrate', { ...free, snapshotCount: 1 }, admin)).toMatch(/snapshots/)
    expect(volumeReason('cancelTransfer', free, member)).toMatch(/not offered/)
    expect(volumeReason('cancelTransfer', { ...free, status: 'awaiting_transfer' }, member)).toBeNull()
  })
  test('leaves the root disk where it is', () => {
    expect(whyNotDetached({ ...attachment, bootIndex: 0 })).toMatch(/boots from it/)
    expect(whyNotDetached({ ...attachment, status: 'attaching' })).toMatch(/Wait/)
    expect(whyNotDetached({ ...attachment, instanceId: null })).toMatch(/No instance/)
  })
})

test('every status has a word of its own', () => {
  const words = volumeStatuses.map((status) => volumeLook({ status }).word)
  expect(new Set(words).size).toBe(words.length)
})

test('a volume without a name is called by the end of its id', () => {
  expect(volumeLabel({ name: '', id: '0190a3f4-1111-7222-8333-444455556666' })).toBe('…55556666')
  expect(volumeLabel({ name: 'data', id: '0190a3f4-1111-7222-8333-444455556666' })).toBe('data')
})

test('limits are said in words', () => {
  expect(limitWords({ totalIops: 500, readBytes: 10 * 1024 ** 2 })).toEqual([
    'operations: 500 a second',
    'reading: 10 MiB/s',
  ])
  expect(limitWords(null)).toEqual([])
})
