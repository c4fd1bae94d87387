import type { RateLimit, VifLimits } from '../../compute/machine/index.ts'
import type { PlannedQosRule } from './rule-input.ts'

/** What a policy does to a port. */
export interface QosEffect {
  limits: VifLimits | null
  /** Mark of what the port sends; null: what it chose itself. */
  dscp: number | null
}

/** What the rules of a policy do to a port. A burst of 0 is 80 % of what passes in a second. */
export function effectOf(rules: readonly PlannedQosRule[]): QosEffect {
  const limit = (direction: string): RateLimit | null => {
    const rule = rules.find((one) => one.type === 'bandwidth_limit' && one.direction === direction)
    if (!rule?.maxKbps) return null
    return {
      bytesPerSecond: rule.maxKbps * 125,
      burstBytes: Math.round((rule.maxBurstKbps || rule.maxKbps * 0.8) * 125),
    }
  }
  const limits = { inbound: limit('ingress'), outbound: limit('egress') }
  return {
    limits: limits.inbound || limits.outbound ? limits : null,
    dscp: rules.find(({ type }) => type === 'dscp_marking')?.dscpMark ?? null,
  }
}

const slower = (one: RateLimit | null, other: RateLimit | null): RateLimit | null =>
  !one || !other ? (one ?? other) : other.bytesPerSecond < one.bytesPerSecond ? other : one

/** In each direction the lower of two limits; null where nothing limits. */
export function stricterLimits(one: VifLimits | null, other: VifLimits | null): VifLimits | null {
  if (!one || !other) return one ?? other
  return {
    inbound: slower(one.inbound, other.inbound),
    outbound: slower(one.outbound, other.outbound),
  }
}
