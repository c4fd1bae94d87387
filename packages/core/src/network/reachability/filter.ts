import { protocolNumber } from '../security-groups/protocols.ts'
import { inRange } from './addresses.ts'
import type { Hop, MissingRule, Packet } from './answer.ts'
import { familyOfPacket, portResource } from './words.ts'
import { type GroupFacts, type PortFacts, pairsOf, type RuleFacts, type World } from './world.ts'

/** Ports that programs ask from. */
const ephemeral = { first: 32_768, last: 60_999 }

/** Who is a member of a group, as the port's network sees it. */
export type Membership = (groupId: string, address: string) => Promise<boolean>

/** What a rule is asked to let through. */
export interface Asked {
  direction: 'ingress' | 'egress'
  packet: Packet
  /** It is the answer to the packet, and no connection is remembered for it. */
  answer: boolean
}

/** Whether one rule lets it through. */
export async function ruleAllows(rule: RuleFacts, asked: Asked, isMember: Membership): Promise<boolean> {
  const { direction, packet } = asked
  if (rule.direction !== direction || rule.ethertype !== familyOfPacket(packet)) return false
  if (!protocolFits(rule, asked)) return false
  const other = direction === 'ingress' ? packet.source : packet.destination
  if (rule.remoteGroupId) return other !== null && isMember(rule.remoteGroupId, other)
  const ranges = rule.remoteAddressGroup
    ? rule.remoteAddressGroup.addresses.map(({ cidr }) => cidr)
    : rule.remoteIpPrefix
      ? [rule.remoteIpPrefix]
      : null
  if (ranges === null) return true
  return ranges.some((cidr) => (other === null ? cidr.endsWith('/0') : inRange(cidr, other)))
}

function protocolFits({ protocol, portMin, portMax }: RuleFacts, { packet, answer }: Asked): boolean {
  if (protocol === null) return true
  const six = familyOfPacket(packet) === 'IPv6'
  const number = { tcp: 6, udp: 17, icmp: six ? 58 : 1 }[packet.protocol]
  const named = protocolNumber(protocol)
  if (named !== number && !(six && named === 1 && number === 58)) return false
  if (portMin === null) return true
  if (packet.protocol === 'icmp') {
    const type = six ? (answer ? 129 : 128) : answer ? 0 : 8
    return portMin === type && (portMax === null || portMax === 0)
  }
  const last = portMax ?? portMin
  if (answer) return portMin <= ephemeral.first && last >= ephemeral.last
  return portMin <= packet.port! && packet.port! <= last
}

/** What security groups say of a packet. */
export type Ruling =
  | { passes: true; reason: string; group: GroupFacts | null }
  | { passes: false; reason: string; group: GroupFacts | null }

const ends = { ingress: 'received', egress: 'sent' } as const

/** What the security groups of a port say. */
export async function rule(world: World, port: PortFacts, asked: Asked): Promise<Ruling> {
  const { direction } = asked
  if (!port.portSecurity)
    return { passes: true, group: null, reason: 'Port security is off, so nothing is filtered.' }
  const unfiltered = await world.noFilter(port.hostName)
  if (unfiltered) return { passes: true, group: null, reason: `Its host does not filter. ${unfiltered}` }
  const groups = await world.groups(port.securityGroups.map(({ groupId }) => groupId))
  if (groups.length === 0)
    return { passes: false, group: null, reason: 'The port is in no security group, so nothing passes.' }
  const isMember: Membership = (groupId, address) => world.isMember(groupId, address, port.networkId)
  for (const group of groups)
    for (const one of group.rules)
      if (await ruleAllows(one, asked, isMember))
        return {
          passes: true,
          group,
          reason: `The security group ${group.name} allows it: ${ruleWords(one)}.`,
        }
  const names = groups.map(({ name }) => name).join(', ')
  return {
    passes: false,
    group: groups.find(({ name }) => name !== 'default') ?? groups[0]!,
    reason: `No rule of ${groups.length === 1 ? `the security group ${names}` : `its security groups (${names})`} lets ${asked.answer ? 'the answer' : 'this'} be ${ends[direction]}.`,
  }
}

/** Whether answers need rules of their own at a port. */
export async function remembersNothing(world: World, port: PortFacts): Promise<boolean> {
  if (!port.portSecurity) return false
  const groups = await world.groups(port.securityGroups.map(({ groupId }) => groupId))
  return groups.some(({ stateful }) => !stateful)
}

/** A rule in words: "TCP to port 22 from 10.0.0.0/8". */
export function ruleWords(rule: RuleFacts): string {
  const what =
    rule.protocol === null
      ? 'everything'
      : rule.portMin === null
        ? rule.protocol.toUpperCase()
        : rule.protocol.startsWith('icmp') || rule.protocol === 'ipv6-icmp'
          ? `ICMP of type ${rule.portMin}`
          : rule.portMax === null || rule.portMax === rule.portMin
            ? `${rule.protocol.toUpperCase()} to port ${rule.portMin}`
            : `${rule.protocol.toUpperCase()} to ports ${rule.portMin} to ${rule.portMax}`
  const who = rule.remoteGroup
    ? `members of ${rule.remoteGroup.name}`
    : rule.remoteAddressGroup
      ? `addresses of ${rule.remoteAddressGroup.name || 'an address group'}`
      : (rule.remoteIpPrefix ?? 'anybody')
  return `${what} ${rule.direction === 'ingress' ? 'from' : 'to'} ${who}`
}

/** Applies the security groups of a port. @returns the hop */
export async function filterHop(world: World, port: PortFacts, asked: Asked, way: Hop['way']): Promise<Hop> {
  const ruling = await rule(world, port, asked)
  const title = asked.direction === 'egress' ? 'What the sender may send' : 'What the receiver lets in'
  const resource = ruling.group
    ? ({ noun: 'security-group', id: ruling.group.id, name: ruling.group.name, networkId: null } as const)
    : portResource(port)
  if (ruling.passes)
    return { way, verdict: 'passes', title, reason: ruling.reason, remedy: null, resource, missingRule: null }
  const missingRule = ruling.group && missing(ruling.group, asked)
  return {
    way,
    verdict: 'stops',
    title,
    reason: ruling.reason,
    remedy: missingRule
      ? `Add a rule to ${missingRule.securityGroupName}: ${missingWords(missingRule)}.`
      : 'Put the port into a security group.',
    resource,
    missingRule,
  }
}

function missing(group: GroupFacts, { direction, packet, answer }: Asked): MissingRule {
  const other = direction === 'ingress' ? packet.source : packet.destination
  const ethertype = familyOfPacket(packet)
  return {
    securityGroupId: group.id,
    securityGroupName: group.name,
    direction,
    ethertype,
    protocol: packet.protocol === 'icmp' && ethertype === 'IPv6' ? 'ipv6-icmp' : packet.protocol,
    port: answer ? null : packet.port,
    remoteIpPrefix: other === null ? null : `${other}/${ethertype === 'IPv4' ? 32 : 128}`,
  }
}

const missingWords = ({ direction, protocol, port, remoteIpPrefix }: MissingRule): string =>
  `${protocol.replace('ipv6-', '').toUpperCase()}${port === null ? '' : ` to port ${port}`} ${
    direction === 'ingress' ? 'from' : 'to'
  } ${remoteIpPrefix?.split('/')[0] ?? 'anybody'}`

/** Whether a port may send from an address. @returns the hop where it is not plainly its own */
export function sourceHop(port: PortFacts, source: string, way: Hop['way']): Hop | null {
  const own = port.allocations.some(({ ipAddress }) => inRange(ipAddress, source))
  if (own) return null
  const hop = {
    way,
    title: 'The address that it sends from',
    resource: portResource(port),
    missingRule: null,
  }
  const pair = pairsOf(port).find(({ ipAddress }) => inRange(ipAddress, source))
  if (pair)
    return {
      ...hop,
      verdict: 'passes',
      reason: `${source} is among the addresses that this port may use besides its own.`,
      remedy: null,
    }
  if (!port.portSecurity)
    return {
      ...hop,
      verdict: 'passes',
      reason: `${source} is not an address of this port, but port security is off.`,
      remedy: null,
    }
  return {
    ...hop,
    verdict: 'stops',
    reason: `${source} is not an address of this port: what is sent from it is dropped.`,
    remedy: `Add ${source} to the allowed address pairs of the port.`,
  }
}
