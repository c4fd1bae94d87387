import { z } from 'zod'
import { invalid } from '../../kernel/index.ts'

/** What a rule of a policy can do. Each stands once in a policy, a limit once in each direction. */
export const qosRuleTypes = ['bandwidth_limit', 'dscp_marking'] as const
export type QosRuleType = (typeof qosRuleTypes)[number]

/** Marks that RFC 2474, 2597, 3246 and 8622 give a meaning to, without the one that routers lose. */
export const dscpMarks = [
  0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56,
] as const

const largest = 2_147_483_647

/** Kilobits a second. */
const maxKbpsField = z
  .int()
  .min(64, 'A limit is at least 64 kbit/s.')
  .max(largest, `A limit is at most ${largest} kbit/s.`)
/** Kilobits that may pass at once. */
const burstField = z
  .int()
  .min(0, 'A burst is not less than nothing.')
  .max(largest, `A burst is at most ${largest} kbit.`)
const dscpField = z
  .int()
  .refine(
    (mark) => (dscpMarks as readonly number[]).includes(mark),
    `A mark is one of ${dscpMarks.join(', ')}.`,
  )

/** What changes of a rule. */
export const qosRuleChanges = {
  maxKbps: maxKbpsField.optional(),
  /** 0: 80 % of what passes in a second. */
  maxBurstKbps: burstField.optional(),
  dscpMark: dscpField.optional(),
}

/** A rule as it is asked for. */
export const qosRuleInput = z.object({
  type: z.enum(qosRuleTypes),
  /** egress: what the port sends; ingress: what it receives. */
  direction: z.enum(['egress', 'ingress']).default('egress'),
  ...qosRuleChanges,
})
export type QosRuleInput = z.output<typeof qosRuleInput>

/** The columns of a rule. */
export interface PlannedQosRule {
  type: string
  direction: string
  maxKbps: number | null
  maxBurstKbps: number | null
  dscpMark: number | null
}

/**
 * What of a rule is written.
 * @param at where the rule stands in the input: `rules.0.`
 * @throws NephosError invalid_input for a field that is missing or belongs to rules of another type
 */
export function planQosRule(
  { type, direction, maxKbps, maxBurstKbps, dscpMark }: QosRuleInput,
  at = '',
): PlannedQosRule {
  if (type === 'bandwidth_limit') {
    if (maxKbps === undefined)
      throw invalid(`${at}maxKbps`, 'A limit needs a rate.', 'Give maxKbps, in kbit/s.')
    if (dscpMark !== undefined)
      throw invalid(`${at}dscpMark`, 'A limit has no mark.', 'Make a rule of type dscp_marking for it.')
    return { type, direction, maxKbps, maxBurstKbps: maxBurstKbps ?? 0, dscpMark: null }
  }
  if (dscpMark === undefined)
    throw invalid(`${at}dscpMark`, 'Marking needs a mark.', 'Give dscpMark, 46 for voice, say.')
  if (direction === 'ingress')
    throw invalid(`${at}direction`, 'Only what a port sends can be marked.', 'Use the direction egress.')
  const limit = maxKbps !== undefined ? 'maxKbps' : maxBurstKbps !== undefined ? 'maxBurstKbps' : undefined
  if (limit)
    throw invalid(`${at}${limit}`, 'Marking has no rate.', 'Make a rule of type bandwidth_limit for it.')
  return { type, direction, maxKbps: null, maxBurstKbps: null, dscpMark }
}
