import { presets } from './presets.ts'

/** A rule as words need it. */
export interface RuleFacts {
  direction: string
  ethertype: string
  protocol: string | null
  portMin: number | null
  portMax: number | null
  remoteIpPrefix: string | null
  remoteGroupId: string | null
  remoteGroupName: string | null
  remoteAddressGroupId?: string | null
  remoteAddressGroupName?: string | null
  groupId: string
}

const icmpTypes: Record<number, string> = {
  0: 'echo replies',
  3: 'unreachable notices',
  8: 'pings',
  11: 'time exceeded notices',
}
const icmpTypes6: Record<number, string> = {
  1: 'unreachable notices',
  3: 'time exceeded notices',
  128: 'pings',
  129: 'echo replies',
}

/** What passes: "TCP 22 (SSH)", "ICMP pings", "everything". */
export function whatPasses({ protocol, portMin, portMax }: RuleFacts): string {
  if (protocol === null) return 'everything'
  const name = /^\d+$/.test(protocol)
    ? `protocol ${protocol}`
    : protocol === 'ipv6-icmp'
      ? 'ICMPv6'
      : protocol.toUpperCase()
  if (portMin === null) return `all ${name}`
  if (protocol === 'icmp' || protocol === 'ipv6-icmp') {
    const type = (protocol === 'icmp' ? icmpTypes : icmpTypes6)[portMin] ?? `type ${portMin}`
    return portMax === null ? `${name} ${type}` : `${name} ${type}, code ${portMax}`
  }
  if (portMax !== portMin) return `${name} ${portMin} to ${portMax}`
  const known = presets.find((one) => one.protocol === protocol && one.from === String(portMin))
  return known ? `${name} ${portMin} (${known.label})` : `${name} ${portMin}`
}

/** The other side: "anywhere", "10.0.0.0/8", "members of web (3 ports)". */
export function otherSide(rule: RuleFacts, portCount?: number): string {
  if (rule.remoteGroupId) {
    const ports = portCount === undefined ? '' : ` (${portCount} ${portCount === 1 ? 'port' : 'ports'})`
    const name = rule.remoteGroupId === rule.groupId ? 'this group' : (rule.remoteGroupName ?? 'a group')
    return `members of ${name}${rule.remoteGroupId === rule.groupId ? ports : ''}`
  }
  if (rule.remoteAddressGroupId) return `addresses of ${rule.remoteAddressGroupName ?? 'an address group'}`
  if (rule.remoteIpPrefix === null || /^(0\.0\.0\.0|::)\/0$/.test(rule.remoteIpPrefix)) return 'anywhere'
  return rule.remoteIpPrefix.replace(/\/(32|128)$/, '')
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The rule as a sentence: "TCP 22 (SSH) from anywhere"; one for IPv6 says so where its range does not. */
export function ruleSentence(rule: RuleFacts, portCount?: number): string {
  const family = rule.ethertype === 'IPv6' && !rule.remoteIpPrefix?.replace('::/0', '') ? ', IPv6' : ''
  return plainSentence(rule, portCount) + family
}

function plainSentence(rule: RuleFacts, portCount?: number): string {
  const way = rule.direction === 'ingress' ? 'from' : 'to'
  return `${capital(whatPasses(rule))} ${way} ${otherSide(rule, portCount)}`
}

/** What the rules amount to in one direction, the strongest first, each thing once. */
export function summary(
  rules: readonly RuleFacts[],
  direction: 'ingress' | 'egress',
  portCount: number,
): string[] {
  const four = strongest(rules, direction, 'IPv4')
  const six = strongest(rules, direction, 'IPv6')
  if (four.length + six.length === 0)
    return [direction === 'ingress' ? 'Nobody reaches its members.' : 'Its members send nothing.']
  const plain = (rule: RuleFacts) => plainSentence(rule, portCount)
  const both = new Set(six.map(plain))
  const only4 = new Set(four.map(plain))
  return [
    ...new Set([
      ...four.map((rule) => `${plain(rule)}${both.has(plain(rule)) ? ', IPv4 and IPv6' : ''}.`),
      ...six.filter((rule) => !only4.has(plain(rule))).map((rule) => `${ruleSentence(rule, portCount)}.`),
    ]),
  ]
}

/** The rules of one family; where one opens everything, that one alone. */
function strongest(rules: readonly RuleFacts[], direction: string, ethertype: string): RuleFacts[] {
  const own = rules.filter((rule) => rule.direction === direction && rule.ethertype === ethertype)
  const whole = own.find((rule) => rule.protocol === null && otherSide(rule) === 'anywhere')
  return whole ? [whole] : own
}
