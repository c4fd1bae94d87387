import { expect, test } from 'vitest'
import { externalRanges, freeRange } from './external-range.ts'

test('the first range of an external network is one that the machine does not have', () => {
  expect(freeRange(['127.0.0.1/8', '192.0.2.7/24'])).toBe('172.24.4.0/24')
  expect(freeRange(['172.24.4.1/24', '172.24.5.200/32'])).toBe('172.24.6.0/24')
  expect(freeRange(['172.16.0.0/12'])).toBe(null)
  expect(freeRange(externalRanges.slice(0, -1))).toBe('172.24.31.0/24')
})
