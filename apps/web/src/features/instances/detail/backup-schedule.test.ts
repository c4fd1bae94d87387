import { expect, test } from 'vitest'
import { intervalWords, localInput, wholeNumber } from './backup-schedule.ts'

test('an interval is said in words', () => {
  expect([1, 24, 168, 72, 5].map(intervalWords)).toEqual([
    'every hour',
    'every day',
    'every week',
    'every 3 days',
    'every 5 hours',
  ])
})

test('only whole numbers between the bounds count', () => {
  expect(['7', ' 7 ', '0', '1001', '1.5', '-2', '', 'x'].map((text) => wholeNumber(text, 1, 1000))).toEqual([
    7,
    7,
    null,
    null,
    null,
    null,
    null,
    null,
  ])
})

test('a moment survives the field', () => {
  const at = new Date(2026, 2, 1, 4, 5)
  expect(localInput(at)).toBe('2026-03-01T04:05')
  expect(new Date(localInput(at))).toEqual(at)
})
