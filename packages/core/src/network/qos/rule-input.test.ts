import { expect, test } from 'vitest'
import { effectOf, stricterLimits } from './limits.ts'
import { planQosRule, qosRuleInput } from './rule-input.ts'

const plan = (rule: object) => planQosRule(qosRuleInput.parse(rule))

test('a limit has a rate and perhaps a burst, a mark only what the port sends', () => {
  expect(plan({ type: 'bandwidth_limit', direction: 'ingress', maxKbps: 1000 })).toEqual({
    type: 'bandwidth_limit',
    direction: 'ingress',
    maxKbps: 1000,
    maxBurstKbps: 0,
    dscpMark: null,
  })
  expect(plan({ type: 'dscp_marking', dscpMark: 46 })).toMatchObject({ direction: 'egress', dscpMark: 46 })
})

test.each([
  [{ type: 'bandwidth_limit' }, 'maxKbps'],
  [{ type: 'bandwidth_limit', maxKbps: 1000, dscpMark: 46 }, 'dscpMark'],
  [{ type: 'dscp_marking' }, 'dscpMark'],
  [{ type: 'dscp_marking', dscpMark: 46, direction: 'ingress' }, 'direction'],
  [{ type: 'dscp_marking', dscpMark: 46, maxKbps: 1000 }, 'maxKbps'],
])('%j is refused by its field', (rule, field) => {
  expect(() => plan(rule)).toThrow(expect.objectContaining({ code: 'invalid_input', field }))
})

test.each([
  { type: 'bandwidth_limit', maxKbps: 1 },
  { type: 'dscp_marking', dscpMark: 1 },
  { type: 'packet_rate_limit', maxKbps: 1000 },
])('%j is no rule', (rule) => {
  expect(qosRuleInput.safeParse(rule).success).toBe(false)
})

test('the rules of a policy become limits as the guest sees them, in bytes', () => {
  const rules = [
    plan({ type: 'bandwidth_limit', direction: 'egress', maxKbps: 8000, maxBurstKbps: 800 }),
    plan({ type: 'bandwidth_limit', direction: 'ingress', maxKbps: 4000 }),
    plan({ type: 'dscp_marking', dscpMark: 10 }),
  ]
  expect(effectOf(rules)).toEqual({
    limits: {
      outbound: { bytesPerSecond: 1_000_000, burstBytes: 100_000 },
      inbound: { bytesPerSecond: 500_000, burstBytes: 400_000 },
    },
    dscp: 10,
  })
  expect(effectOf([])).toEqual({ limits: null, dscp: null })
})

test('of two limits the stricter one holds, in each direction by itself', () => {
  const rate = (bytesPerSecond: number) => ({ bytesPerSecond, burstBytes: null })
  expect(
    stricterLimits({ inbound: rate(10), outbound: rate(10) }, { inbound: rate(20), outbound: rate(5) }),
  ).toEqual({ inbound: rate(10), outbound: rate(5) })
  expect(
    stricterLimits({ inbound: null, outbound: rate(10) }, { inbound: rate(20), outbound: null }),
  ).toEqual({ inbound: rate(20), outbound: rate(10) })
  expect(stricterLimits(null, null)).toBeNull()
})
