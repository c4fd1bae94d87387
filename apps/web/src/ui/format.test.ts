import { expect, test } from 'vitest'
import { count, formatAge, formatDuration, splitBytes, splitMib } from './format.ts'

test('durations', () => {
  expect([400, 12_900, 65_000, 3_600_000, 90_000_000].map(formatDuration)).toEqual([
    '0.4 s',
    '12 s',
    '1 min 5 s',
    '1 h',
    '1 d 1 h',
  ])
})

test('ages', () => {
  const now = Date.UTC(2026, 0, 2)
  expect(
    [1, 40, 300, 7_200, 172_800].map((seconds) => formatAge(new Date(now - seconds * 1000), now)),
  ).toEqual(['just now', '40 s ago', '5 min ago', '2 h ago', '2 d ago'])
})

test('amounts', () => {
  expect(splitBytes(0)).toEqual(['0', 'B'])
  expect(splitBytes(1536)).toEqual(['1.5', 'KiB'])
  expect(splitBytes(150 * 1024 ** 2)).toEqual(['150', 'MiB'])
  expect(splitMib(51_200)).toEqual(['50', 'GiB'])
  expect([count(1, 'instance'), count(2, 'match', 'matches')]).toEqual(['1 instance', '2 matches'])
})
