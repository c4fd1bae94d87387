import { expect, test } from 'vitest'
import { drainLook, drainPercent, isOpen, planWords, progressWords } from './row.ts'

const none = { waiting: 0, moving: 0, moved: 0, failed: 0, skipped: 0, stays: 0 }
const createdAt = new Date('2026-11-23T12:00:00Z')

test('a plan is said in one sentence', () => {
  expect(planWords({ live: 0, cold: 0, none: 0 })).toBe('No instance is on it.')
  expect(planWords({ live: 1, cold: 0, none: 0 })).toBe('1 instance moves while it runs.')
  expect(planWords({ live: 3, cold: 1, none: 2 })).toBe(
    '3 instances move while they run, 1 moves while it is off, 2 stay.',
  )
})

test('progress counts those that have had their turn', () => {
  const counts = { ...none, moved: 2, failed: 1, moving: 1, waiting: 4 }
  expect(drainPercent({ total: 8, counts })).toBe(37.5)
  expect(drainPercent({ total: 0, counts: none })).toBe(100)
  expect(progressWords({ total: 8, counts })).toBe('2 moved, 1 on the way, 4 waiting, 1 failed')
  expect(progressWords({ total: 0, counts: none })).toBe('No instance was on it.')
})

test('a drain that left something behind is not all well', () => {
  const done = { status: 'finished', createdAt } as const
  expect(drainLook({ ...done, counts: { ...none, moved: 3 } })).toMatchObject({ tone: 'ok', word: 'Done' })
  expect(drainLook({ ...done, counts: { ...none, moved: 3, stays: 1 } })).toMatchObject({
    tone: 'warn',
    word: 'Done, not empty',
  })
  expect(drainLook({ status: 'running', createdAt, counts: none }).since).toBe(createdAt)
})

test('paused is not over', () => {
  expect(
    (['running', 'paused', 'finished', 'aborted'] as const).filter((status) => isOpen({ status })),
  ).toEqual(['running', 'paused'])
})
