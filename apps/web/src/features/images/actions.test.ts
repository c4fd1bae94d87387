import { expect, test } from 'vitest'
import { type ImageAction, imageReason } from './actions.ts'

const member = { isAdmin: false, projectId: 'a', readOnly: null }
const row = { status: 'active', projectId: 'a', protected: false } as const
const allowed = (over: object, asker = member) =>
  (['launch', 'upload', 'cancel', 'edit', 'delete'] as ImageAction[]).filter(
    (action) => imageReason(action, { ...row, ...over }, asker) === null,
  )

test('each state allows what makes sense in it', () => {
  expect(allowed({})).toEqual(['launch', 'edit', 'delete'])
  expect(allowed({ status: 'queued' })).toEqual(['upload', 'edit', 'delete'])
  expect(allowed({ status: 'saving' })).toEqual(['cancel', 'edit', 'delete'])
  expect(allowed({ status: 'killed' })).toEqual(['edit', 'delete'])
})

test('a public image of another project can be used and not changed, but by administrators', () => {
  expect(allowed({ projectId: 'b' })).toEqual(['launch'])
  expect(allowed({ projectId: 'b' }, { ...member, isAdmin: true })).toEqual(['launch', 'edit', 'delete'])
})

test('protection and a role that only reads are named', () => {
  expect(imageReason('delete', { ...row, protected: true }, member)).toMatch(/protected/)
  expect(allowed({}, { ...member, readOnly: 'Your role is reader.' } as never)).toEqual([])
})
