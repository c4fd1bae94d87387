import type { QosRule } from './row.ts'

/** What a mark is called, and what it is for. */
export const marks: readonly { value: number; name: string; use: string }[] = [
  { value: 46, name: 'EF', use: 'voice' },
  { value: 34, name: 'AF41', use: 'video calls' },
  { value: 36, name: 'AF42', use: 'video calls, dropped sooner' },
  { value: 38, name: 'AF43', use: 'video calls, dropped first' },
  { value: 26, name: 'AF31', use: 'streams' },
  { value: 28, name: 'AF32', use: 'streams, dropped sooner' },
  { value: 30, name: 'AF33', use: 'streams, dropped first' },
  { value: 18, name: 'AF21', use: 'quick answers' },
  { value: 20, name: 'AF22', use: 'quick answers, dropped sooner' },
  { value: 22, name: 'AF23', use: 'quick answers, dropped first' },
  { value: 10, name: 'AF11', use: 'large copies' },
  { value: 12, name: 'AF12', use: 'large copies, dropped sooner' },
  { value: 14, name: 'AF13', use: 'large copies, dropped first' },
  { value: 0, name: 'CS0', use: 'nothing special' },
  { value: 8, name: 'CS1', use: 'what can wait' },
  { value: 16, name: 'CS2', use: 'operation and monitoring' },
  { value: 24, name: 'CS3', use: 'broadcast video' },
  { value: 32, name: 'CS4', use: 'interactive video' },
  { value: 40, name: 'CS5', use: 'signalling' },
  { value: 48, name: 'CS6', use: 'the network itself' },
  { value: 56, name: 'CS7', use: 'the network itself, before all others' },
]

/** A rate as people say it: 500 kbit/s, 2.5 Mbit/s, 1 Gbit/s. */
export function rateText(kbps: number): string {
  const [value, unit] =
    kbps >= 1_000_000
      ? [kbps / 1_000_000, 'Gbit/s']
      : kbps >= 1000
        ? [kbps / 1000, 'Mbit/s']
        : [kbps, 'kbit/s']
  return `${Number(value.toFixed(3))} ${unit}`
}

/** What a rule does, as a sentence without its full stop. */
export function ruleWords({ type, direction, maxKbps, maxBurstKbps, dscpMark }: Omit<QosRule, 'id'>): string {
  if (type === 'dscp_marking') {
    const mark = marks.find(({ value }) => value === dscpMark)
    return `What is sent is marked ${mark ? `${mark.name} (${mark.value}), for ${mark.use}` : dscpMark}`
  }
  const burst = maxBurstKbps ? `, ${rateText(maxBurstKbps).replace('/s', '')} of it at once` : ''
  return `${direction === 'egress' ? 'Sends' : 'Receives'} at most ${rateText(maxKbps ?? 0)}${burst}`
}

/** What all rules of a policy do, in a few words for a list. */
export function policyWords(rules: readonly Omit<QosRule, 'id'>[]): string {
  const parts = rules.map(({ type, direction, maxKbps, dscpMark }) =>
    type === 'dscp_marking'
      ? `marked ${marks.find(({ value }) => value === dscpMark)?.name ?? dscpMark}`
      : `${direction === 'egress' ? 'sends' : 'receives'} ${rateText(maxKbps ?? 0)}`,
  )
  return parts.length > 0 ? parts.join(', ') : 'limits nothing'
}
