import type { QosRule } from './row.ts'

/** The rules of a policy as they are entered: rates in Mbit/s, bursts in Mbit. */
export interface LimitsDraft {
  send: string
  sendBurst: string
  receive: string
  receiveBurst: string
  /** A number, or none. */
  mark: string
}

/** A rule as it is asked for. */
export interface QosRuleWish {
  type: QosRule['type']
  direction: QosRule['direction']
  maxKbps?: number
  maxBurstKbps?: number
  dscpMark?: number
}

/** A policy that does nothing yet. */
export const emptyLimits: LimitsDraft = {
  send: '',
  sendBurst: '',
  receive: '',
  receiveBurst: '',
  mark: 'none',
}

const mega = (kilo: number | null | undefined) => (kilo ? String(kilo / 1000) : '')

/** The rules that there are, as they would be entered. */
export function draftOf(rules: readonly QosRule[]): LimitsDraft {
  const limit = (direction: string) =>
    rules.find((rule) => rule.type === 'bandwidth_limit' && rule.direction === direction)
  const [send, receive] = [limit('egress'), limit('ingress')]
  const mark = rules.find(({ type }) => type === 'dscp_marking')
  return {
    send: mega(send?.maxKbps),
    sendBurst: mega(send?.maxBurstKbps),
    receive: mega(receive?.maxKbps),
    receiveBurst: mega(receive?.maxBurstKbps),
    mark: mark ? String(mark.dscpMark) : 'none',
  }
}

/** What was entered, as rules; `problem` says what is wrong with it. */
export function wishesOf(draft: LimitsDraft): { rules: QosRuleWish[]; problem: string | null } {
  const rules: QosRuleWish[] = []
  let problem: string | null = null
  const limit = (direction: QosRule['direction'], rate: string, burst: string, what: string) => {
    if (rate.trim() === '') {
      if (burst.trim() !== '') problem ??= `Say how fast it ${what}, or leave the burst out.`
      return
    }
    const [maxKbps, maxBurstKbps] = [kilo(rate), burst.trim() === '' ? 0 : kilo(burst)]
    if (maxKbps === null || maxKbps < 64) problem ??= 'A limit is a number of Mbit/s, at least 0.064.'
    else if (maxBurstKbps === null) problem ??= 'A burst is a number of Mbit.'
    else rules.push({ type: 'bandwidth_limit', direction, maxKbps, maxBurstKbps })
  }
  limit('egress', draft.send, draft.sendBurst, 'sends')
  limit('ingress', draft.receive, draft.receiveBurst, 'receives')
  if (draft.mark !== 'none')
    rules.push({ type: 'dscp_marking', direction: 'egress', dscpMark: Number(draft.mark) })
  return { rules, problem }
}

function kilo(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'))
  return Number.isFinite(value) && value >= 0 ? Math.round(value * 1000) : null
}

/** What must be done so that the rules that there are become those that are wished for. */
export function changesBetween(
  before: readonly QosRule[],
  wished: readonly QosRuleWish[],
): { remove: QosRule[]; update: { id: string; wish: QosRuleWish }[]; create: QosRuleWish[] } {
  const same = (rule: { type: string; direction: string }, wish: { type: string; direction: string }) =>
    rule.type === wish.type && rule.direction === wish.direction
  return {
    remove: before.filter((rule) => !wished.some((wish) => same(rule, wish))),
    update: before.flatMap((rule) => {
      const wish = wished.find((one) => same(rule, one))
      const differs =
        wish &&
        (wish.maxKbps ?? null) === rule.maxKbps &&
        (wish.maxBurstKbps ?? null) === rule.maxBurstKbps &&
        (wish.dscpMark ?? null) === rule.dscpMark
          ? undefined
          : wish
      return differs ? [{ id: rule.id, wish: differs }] : []
    }),
    create: wished.filter((wish) => !before.some((rule) => same(rule, wish))),
  }
}
