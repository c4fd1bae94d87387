import { expect, test } from 'vitest'
import { copyTimeoutMs } from './live-progress.ts'

test('the more there is to copy, the longer it may take; little counts as 2 GiB', () => {
  const gib = 1024 ** 3
  expect(copyTimeoutMs(0, 800)).toBe(1_600_000)
  expect(copyTimeoutMs(2 * gib, 800)).toBe(1_600_000)
  expect(copyTimeoutMs(2 * gib + 1, 800)).toBe(2_400_000)
  expect(copyTimeoutMs(64 * gib, 10)).toBe(640_000)
})
