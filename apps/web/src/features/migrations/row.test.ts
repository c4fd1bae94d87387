import { expect, test } from 'vitest'
import { isMoving, migrationLook, migrationPercent, whyNotAbort, whyNotForce, whyNotJudge } from './row.ts'

const createdAt = new Date('2026-11-23T12:00:00Z')

test('what is under way says since when', () => {
  expect(migrationLook({ status: 'running', createdAt })).toEqual({
    tone: 'busy',
    word: 'Moving',
    since: createdAt,
  })
  expect(migrationLook({ status: 'confirmed', createdAt }).since).toBeNull()
})

test('one that waits to be judged does not move, though it is not over', () => {
  expect(isMoving({ status: 'finished', endedAt: null })).toBe(false)
  expect(isMoving({ status: 'reverting', endedAt: null })).toBe(true)
  expect(isMoving({ status: 'completed', endedAt: createdAt })).toBe(false)
})

test('progress is known once there is something to count', () => {
  expect(migrationPercent({ doneBytes: null, totalBytes: null })).toBeNull()
  expect(migrationPercent({ doneBytes: 0, totalBytes: 0 })).toBeNull()
  expect(migrationPercent({ doneBytes: 3, totalBytes: 4 })).toBe(75)
  // Memory that the guest writes again is sent again.
  expect(migrationPercent({ doneBytes: 9, totalBytes: 4 })).toBe(100)
})

test('what cannot be stopped any more says why', () => {
  const running = { kind: 'migration', status: 'migrating', endedAt: null } as const
  expect(whyNotAbort(running)).toBeNull()
  expect(whyNotAbort({ ...running, endedAt: createdAt })).toBe('It is over.')
  expect(whyNotAbort({ ...running, status: 'finished' })).toBe('It has arrived; it can be reverted.')
  expect(whyNotAbort({ ...running, status: 'reverting' })).toBe('What was decided about it is being done.')
  expect(whyNotAbort({ ...running, kind: 'evacuation' })).toBe(
    'Its host is dead: there is nothing to go back to.',
  )
})

test('a live migration is hastened once, and ended until the guest is handed over', () => {
  const running = { kind: 'live-migration', status: 'running', endedAt: null, pauseRequested: false } as const
  expect(whyNotForce(running)).toBeNull()
  expect(whyNotForce({ ...running, kind: 'resize' })).toBe('Only a live migration can be hastened.')
  expect(whyNotForce({ ...running, pauseRequested: true })).toBe('It was asked for already.')
  expect(whyNotForce({ ...running, status: 'post-migrating' })).toBe('It needs no help any more.')
  expect(whyNotForce({ ...running, endedAt: createdAt })).toBe('It is over.')
  expect(whyNotAbort(running)).toBeNull()
  expect(whyNotAbort({ ...running, status: 'cancelling' })).toBe('It is being aborted.')
  expect(whyNotAbort({ ...running, status: 'post-migrating' })).toBe(
    'The guest is being handed over at this moment.',
  )
})

test('only what waits is judged', () => {
  expect(whyNotJudge({ status: 'finished', endedAt: null })).toBeNull()
  expect(whyNotJudge({ status: 'migrating', endedAt: null })).toBe('It does not wait to be confirmed.')
  expect(whyNotJudge({ status: 'confirmed', endedAt: createdAt })).toBe('It is over.')
})
