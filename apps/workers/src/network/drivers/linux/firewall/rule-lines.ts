import type { IpVersion } from '@nephos/core/ip'
import type { SecurityRuleSpec } from '../../../driver.ts'

/** An id as part of a name that nft takes. */
export const plain = (id: string) => id.replaceAll(/[^0-9a-zA-Z]/g, '')

/** Names of the sets of a group's members: single addresses, and ranges. */
export const setsOf = (groupId: string, version: IpVersion): [exact: string, ranges: string] => {
  const kind = version === 4 ? '' : '6'
  return [`m${kind}_${plain(groupId)}`, `n${kind}_${plain(groupId)}`]
}

const protocols: Record<number, string> = { 6: 'tcp', 17: 'udp', 33: 'dccp', 132: 'sctp', 136: 'udplite' }

/** How the kinds of address differ in nft. */
const families = {
  4: { header: 'ip', icmp: 1, message: 'icmp', everybody: '0.0.0.0/0' },
  6: { header: 'ip6', icmp: 58, message: 'icmpv6', everybody: '::/0' },
} as const

/** Kind of address that a rule is about. */
export const versionOfRule = ({ ethertype }: SecurityRuleSpec): IpVersion => (ethertype === 'IPv6' ? 6 : 4)

/** A rule as nft has it: one line, or two where the other side is a group. */
export function linesOf(rule: SecurityRuleSpec): string[] {
  const { direction, protocol, portMin, portMax, cidr, groupId } = rule
  const version = versionOfRule(rule)
  const { header, icmp, message, everybody } = families[version]
  const side = direction === 'ingress' ? `${header} saddr` : `${header} daddr`
  const what = [`ether type ${header}`]
  // Before the protocol of IPv6 there may be other headers.
  if (protocol !== null && portMin === null) what.push(`meta l4proto ${protocol}`)
  else if (protocol === icmp)
    what.push(`${message} type ${portMin}${portMax === null ? '' : ` ${message} code ${portMax}`}`)
  else if (protocol !== null)
    what.push(`${protocols[protocol]} dport ${portMin}${portMax === portMin ? '' : `-${portMax}`}`)
  if (cidr !== null && cidr !== everybody) what.push(`${side} ${cidr}`)
  if (groupId === null) return [[...what, 'accept'].join(' ')]
  return setsOf(groupId, version).map((set) =>
    [...what, `meta mark & 0xfffffffc . ${side} @${set}`, 'accept'].join(' '),
  )
}
