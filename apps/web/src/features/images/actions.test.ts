import { expect, test } from 'vitest'
import { type ImageAction, imageReason } from './actions.ts'
import type { ImageRow } from './row.ts'

const row = (patch: Partial<ImageRow> = {}) => ({
  status: 'active' as const,
  projectId: 'p1',
  protected: false,
  visibility: 'private' as const,
  membership: null,
  ...patch,
})
const member = { isAdmin: false, projectId: 'p1', readOnly: null }
const stranger = { ...member, projectId: 'p2' }

test.each<[ImageAction, Partial<ImageRow>, RegExp | null]>([
  ['launch', {}, null],
  ['launch', { status: 'deactivated' }, /deactivated/],
  ['launch', { status: 'queued' }, /no file/],
  ['volume', {}, null],
  ['volume', { status: 'queued' }, /no file/],
  ['upload', { status: 'queued' }, null],
  ['upload', { status: 'uploading' }, null],
  ['upload', { status: 'saving' }, /being stored/],
  ['upload', {}, /has its file/],
  ['cancel', { status: 'uploading' }, null],
  ['cancel', {}, /Nothing is being uploaded/],
  ['cancel', { status: 'importing' }, null],
  ['import', { status: 'queued' }, null],
  ['import', {}, /has its file/],
  ['copy', {}, /administrators/],
  ['warm', {}, /administrators/],
  ['download', {}, null],
  ['download', { status: 'deactivated' }, /deactivated/],
  ['deactivate', {}, null],
  ['deactivate', { status: 'deactivated' }, null],
  ['deactivate', { status: 'queued' }, /no file/],
  ['share', {}, null],
  ['share', { visibility: 'public' }, /public/],
  ['delete', { protected: true }, /protected/],
  ['delete', {}, null],
  ['accept', {}, /not offered/],
])('%s of an own image %j', (action, patch, reason) => {
  const said = imageReason(action, row(patch), member)
  if (reason === null) expect(said).toBeNull()
  else expect(said).toMatch(reason)
})

test('what belongs to others is used and answered, not changed', () => {
  const offered = row({ visibility: 'shared', membership: { projectId: 'p2', status: 'pending' } })
  for (const action of ['launch', 'volume', 'download', 'accept', 'reject'] as const)
    expect(imageReason(action, offered, stranger), action).toBeNull()
  for (const action of ['edit', 'share', 'tags', 'properties', 'delete', 'deactivate', 'upload'] as const)
    expect(imageReason(action, offered, stranger), action).toMatch(/another project/)
  expect(imageReason('delete', offered, { ...stranger, isAdmin: true })).toBeNull()
  expect(imageReason('download', row({ status: 'deactivated' }), { ...stranger, isAdmin: true })).toBeNull()
  for (const action of ['copy', 'warm'] as const) {
    expect(imageReason(action, row(), { ...stranger, isAdmin: true }), action).toBeNull()
    expect(imageReason(action, row({ status: 'queued' }), { ...member, isAdmin: true })).toMatch(/no file/)
  }
  expect(imageReason('launch', row(), { ...member, readOnly: 'Your role is reader.' })).toBe(
    'Your role is reader.',
  )
})
