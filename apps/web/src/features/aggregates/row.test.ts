import { expect, test } from 'vitest'
import { someNames } from './row.ts'

test('a few names, and how many more there are', () => {
  expect(someNames([])).toBe('')
  expect(someNames(['a', 'b', 'c'])).toBe('a, b, c')
  expect(someNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
})
