import { instanceActions, vmStates, whyNot } from '@nephos/core/states'
import { describe, expect, test } from 'vitest'
import { actionReason, afterAsking, bulkReason, instanceActionSpecs } from './actions.ts'
import { actionDialogs } from './dialogs/registry.ts'
import { isPlain, performers } from './performers.ts'
import type { InstanceRow } from './row.ts'

const member = { isAdmin: false, readOnly: null }
const admin = { isAdmin: true, readOnly: null }
const row = (state: Partial<InstanceRow>): InstanceRow =>
  ({ vmState: 'active', taskState: null, locked: false, ...state }) as InstanceRow

test('every action of the state table is offered, in each place with the same words', () => {
  expect(instanceActionSpecs.map(({ id }) => id).sort()).toEqual(Object.keys(instanceActions).sort())
  for (const { id, label } of instanceActionSpecs) expect(label).toBe(instanceActions[id].label)
})

test('every action either asks something first or is asked for at once', () => {
  const carried = [...Object.keys(actionDialogs), ...Object.keys(performers)]
  expect(carried.sort()).toEqual(Object.keys(instanceActions).sort())
})

test('only what asks nothing is offered for several at once', () => {
  for (const { id, bulk } of instanceActionSpecs) if (bulk) expect(isPlain(id)).toBe(true)
})

describe.each(vmStates)('while %s', (vmState) => {
  test.each(instanceActionSpecs)('$id is allowed exactly where the table allows it', ({ id }) => {
    expect(actionReason(id, row({ vmState }), admin)).toBe(
      whyNot(id, { vmState, taskState: null, locked: false }),
    )
  })
})

test('a reason is a sentence', () => {
  expect(actionReason('start', row({ vmState: 'active' }), member)).toBe(
    'Cannot start while the instance is active; it must be stopped.',
  )
})

test('a lock stops members and not administrators', () => {
  const locked = row({ locked: true })
  expect(actionReason('stop', locked, member)).toBe('The instance is locked.')
  expect(actionReason('stop', locked, admin)).toBeNull()
})

test('what only administrators may do says so to everybody else', () => {
  for (const { id, adminOnly } of instanceActionSpecs) {
    const reason = actionReason(id, row({}), member)
    if (adminOnly) expect(reason).toBe('Only administrators can do this.')
    else expect(reason).not.toBe('Only administrators can do this.')
  }
})

test('who may only read is told so first', () => {
  const reader = { isAdmin: false, readOnly: 'Your role is reader.' }
  for (const { id } of instanceActionSpecs)
    expect(actionReason(id, row({}), reader)).toBe('Your role is reader.')
})

test('what is being deleted cannot be deleted once more', () => {
  expect(actionReason('delete', row({ taskState: 'deleting' }), member)).toBe(
    'The instance is being deleted.',
  )
})

test('several can be acted on when at least one can', () => {
  expect(bulkReason('stop', [], member)).toBe('Nothing is selected.')
  expect(bulkReason('stop', [row({}), row({ vmState: 'stopped' })], member)).toBeNull()
  const stopped = row({ vmState: 'stopped' })
  expect(bulkReason('stop', [stopped, stopped], member)).toBe(
    'Cannot stop while the instance is stopped; it must be active or error.',
  )
  expect(bulkReason('stop', [stopped, row({ vmState: 'paused' })], member)).toBe(
    'None of the selected instances allows it now.',
  )
})

test('the page shows the task in the same frame', () => {
  const now = new Date()
  expect(afterAsking('stop', row({}), now)).toMatchObject({ taskState: 'powering-off', updatedAt: now })
  const same = row({})
  expect(afterAsking('rename', same, now)).toBe(same)
})
