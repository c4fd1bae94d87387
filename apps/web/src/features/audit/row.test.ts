import { expect, test } from 'vitest'
import { dayStart, verbTitle } from './row.ts'

test('verbs are told in words', () => {
  expect(
    ['compute.keyPairs.create', 'identity.users.setPassword', 'image.images.cancelUpload', 'other'].map(
      verbTitle,
    ),
  ).toEqual(['Create key pair', 'Set password', 'Cancel upload', 'Other'])
})

test('days of the URL become moments, the last one included', () => {
  expect(dayStart('2026-11-23')).toEqual(new Date(2026, 10, 23))
  expect(dayStart('2026-11-30', true)).toEqual(new Date(2026, 11, 1))
  expect([dayStart(null), dayStart('yesterday'), dayStart('2026-1-1')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
