import { expect, test } from 'vitest'
import { changesBetween, draftOf, emptyLimits, wishesOf } from './limits-draft.ts'
import type { QosRule } from './row.ts'
import { policyWords, rateText, ruleWords } from './words.ts'

const rules: QosRule[] = [
  { id: 'a', type: 'bandwidth_limit', direction: 'egress', maxKbps: 8000, maxBurstKbps: 0, dscpMark: null },
  { id: 'b', type: 'dscp_marking', direction: 'egress', maxKbps: null, maxBurstKbps: null, dscpMark: 46 },
]

test('rules are said in words', () => {
  expect([64, 1000, 2500, 1_000_000].map(rateText)).toEqual([
    '64 kbit/s',
    '1 Mbit/s',
    '2.5 Mbit/s',
    '1 Gbit/s',
  ])
  expect(rules.map(ruleWords)).toEqual([
    'Sends at most 8 Mbit/s',
    'What is sent is marked EF (46), for voice',
  ])
  expect(ruleWords({ ...rules[0]!, direction: 'ingress', maxBurstKbps: 2000 })).toBe(
    'Receives at most 8 Mbit/s, 2 Mbit of it at once',
  )
  expect(policyWords(rules)).toBe('sends 8 Mbit/s, marked EF')
  expect(policyWords([])).toBe('limits nothing')
})

test('what is entered becomes rules, and rules become what is entered', () => {
  expect(wishesOf(emptyLimits)).toEqual({ rules: [], problem: null })
  const draft = { send: '8', sendBurst: '', receive: '0,5', receiveBurst: '1', mark: '46' }
  const { rules: wished, problem } = wishesOf(draft)
  expect(problem).toBeNull()
  expect(wished).toEqual([
    { type: 'bandwidth_limit', direction: 'egress', maxKbps: 8000, maxBurstKbps: 0 },
    { type: 'bandwidth_limit', direction: 'ingress', maxKbps: 500, maxBurstKbps: 1000 },
    { type: 'dscp_marking', direction: 'egress', dscpMark: 46 },
  ])
  expect(draftOf(rules)).toEqual({ send: '8', sendBurst: '', receive: '', receiveBurst: '', mark: '46' })
})

test.each([
  [{ send: 'fast' }, 'A limit is a number of Mbit/s, at least 0.064.'],
  [{ send: '0.01' }, 'A limit is a number of Mbit/s, at least 0.064.'],
  [{ send: '1', sendBurst: '-1' }, 'A burst is a number of Mbit.'],
  [{ receiveBurst: '1' }, 'Say how fast it receives, or leave the burst out.'],
])('%j has a problem', (draft, problem) => {
  expect(wishesOf({ ...emptyLimits, ...draft }).problem).toBe(problem)
})

test('only what differs is changed', () => {
  expect(changesBetween(rules, wishesOf(draftOf(rules)).rules)).toEqual({
    remove: [],
    update: [],
    create: [],
  })
  const { rules: wished } = wishesOf({ ...emptyLimits, send: '9', receive: '1' })
  expect(changesBetween(rules, wished)).toEqual({
    remove: [rules[1]],
    update: [{ id: 'a', wish: wished[0] }],
    create: [wished[1]],
  })
})
