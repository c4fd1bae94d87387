import { expect, test } from 'vitest'
import { policyWords } from './row.ts'

test('a policy in words', () => {
  expect(policyWords({ policy: 'affinity', maxPerHost: 1 })).toBe('Together')
  expect(policyWords({ policy: 'anti-affinity', maxPerHost: 1 })).toBe('Apart')
  expect(policyWords({ policy: 'anti-affinity', maxPerHost: 3 })).toBe('Apart, at most 3 on a host')
})
