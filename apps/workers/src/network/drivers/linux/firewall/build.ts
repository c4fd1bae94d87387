import { createHash } from 'node:crypto'
import { type IpVersion, parseIp, parseIpRange, rangesOverlap, versionOf } from '@nephos/core/ip'
import type { FirewallSpec, GroupMemberSpec, SecurityGroupSpec } from '../../../driver.ts'
import type { AddressSet, FirewallModel } from './model.ts'
import { linesOf, plain, setsOf } from './rule-lines.ts'

/** A port as the firewall knows it. */
export interface FilteredPort {
  tap: string
  networkId: string
  /** null: nothing filters it. */
  groups: readonly string[] | null
  /** Addresses and ranges that are its own. */
  addresses: readonly string[]
}

/** A network as the firewall knows it. */
export interface FilteredNetwork {
  networkId: string
  bridge: string
  segmentId: number
  cidrs: readonly string[]
}

/** The mark of what is on a network; the two lowest bits are conntrack's verdict. */
const markOf = (segmentId: number): number => segmentId * 4

const groupLines = new WeakMap<SecurityGroupSpec, { ingress: string[]; egress: string[] }>()

function chainsOf(group: SecurityGroupSpec): { ingress: string[]; egress: string[] } {
  const known = groupLines.get(group)
  if (known) return known
  const of = (direction: 'ingress' | 'egress') =>
    group.rules.filter((rule) => rule.direction === direction).flatMap(linesOf)
  const lines = { ingress: of('ingress'), egress: of('egress') }
  groupLines.set(group, lines)
  return lines
}

/** Without these nobody is found in IPv6. What of them is a lie does not come so far. */
const discovery =
  '{ nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert, mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report }'

/** The chain of all ports that have these groups. */
function combination(
  direction: 'ingress' | 'egress',
  groups: readonly SecurityGroupSpec[],
  letter: string,
): string[] {
  const stateful = groups.every((group) => group.stateful)
  const [from, to] = direction === 'ingress' ? [67, 68] : [68, 67]
  const [from6, to6] = direction === 'ingress' ? [547, 546] : [546, 547]
  return [
    'ether type arp accept',
    'ether type != { ip, ip6 } counter drop',
    `udp sport ${from} udp dport ${to} accept`,
    `udp sport ${from6} udp dport ${to6} accept`,
    `icmpv6 type ${discovery} accept`,
    ...(stateful
      ? [
          'meta mark & 0x1 == 0x1 accept',
          // A guest that has just come here answers what its host has not seen: it was led past the bridge.
          `meta mark & 0x2 == 0x2 meta l4proto { icmp, ipv6-icmp } jump midstream_${direction}`,
          'meta mark & 0x2 == 0x2 counter drop',
          // What is no beginning of a connection is none that is known: it was cut, or its guest has just come here.
          `tcp flags & (fin | syn | rst | ack) != syn jump midstream_${direction}`,
        ]
      : []),
    ...groups.map(({ groupId }) => `jump g${letter}_${plain(groupId)}`),
    'counter drop',
  ]
}

const unknown = (groupId: string): SecurityGroupSpec => ({ groupId, stateful: true, rules: [] })

/**
 * What the tables of a host are to hold. Ports with the same groups share their chains, so that a rule is told once
 * however many ports it is for.
 * @param zones zone of conntrack by network
 */
export function buildModel(
  spec: FirewallSpec,
  ports: Iterable<FilteredPort>,
  networks: ReadonlyMap<string, FilteredNetwork>,
  zones: ReadonlyMap<string, number>,
  cache: MemberCache,
): FirewallModel {
  const chains = new Map<string, readonly string[]>()
  const [egress, ingress] = [new Map<string, string>(), new Map<string, string>()]
  const named = new Set<string>()
  for (const { tap, groups } of ports) {
    if (groups === null) {
      egress.set(tap, 'accept')
      ingress.set(tap, 'accept')
      continue
    }
    const known = [...groups].sort().map((id) => spec.groups.get(id) ?? unknown(id))
    const kind = known.map(({ groupId, stateful }) => `${groupId} ${stateful}`).join()
    const hash = createHash('sha1').update(kind).digest('hex').slice(0, 16)
    egress.set(tap, `goto ce_${hash}`)
    ingress.set(tap, `goto ci_${hash}`)
    if (chains.has(`ce_${hash}`)) continue
    for (const group of known) {
      const lines = chainsOf(group)
      chains.set(`ge_${plain(group.groupId)}`, lines.egress)
      chains.set(`gi_${plain(group.groupId)}`, lines.ingress)
      for (const { groupId } of group.rules) if (groupId) named.add(groupId)
    }
    chains.set(`ce_${hash}`, combination('egress', known, 'e'))
    chains.set(`ci_${hash}`, combination('ingress', known, 'i'))
  }
  const sets = new Map<string, AddressSet>()
  for (const id of named) {
    const elements = cache.of(id, spec.members.get(id) ?? [], networks)
    for (const version of [4, 6] as const) {
      const [exact, ranges] = setsOf(id, version)
      sets.set(exact, { version, ranges: false, elements: elements[version].exact })
      sets.set(ranges, { version, ranges: true, elements: elements[version].ranges })
    }
  }
  const bridges = [...networks.values()]
  return {
    sets,
    zones: new Map(bridges.map(({ networkId, bridge }) => [bridge, zones.get(networkId)!])),
    networks: new Map(bridges.map(({ bridge, segmentId }) => [bridge, markOf(segmentId)])),
    chains,
    egress,
    ingress,
  }
}

/** Who counts as a member of a group, seen from one network. */
export function membersSeenFrom(network: FilteredNetwork, members: readonly GroupMemberSpec[]): string[] {
  const own = network.cidrs.flatMap((cidr) => parseIpRange(cidr) ?? [])
  return members.flatMap(({ networkId, address }) => {
    if (networkId === null || networkId === network.networkId) return [address]
    // From elsewhere only what a router can bring: an address of this network's own range is somebody else here.
    const range = parseIpRange(asRange(address))
    return range && !own.some((one) => rangesOverlap(one, range)) ? [address] : []
  })
}

const asRange = (address: string): string =>
  address.includes('/') ? address : `${address}/${versionOf(address) === 4 ? 32 : 128}`

/** The members of a group as elements of sets, by kind of address. */
type Elements = Record<IpVersion, { exact: ReadonlySet<string>; ranges: ReadonlySet<string> }>

/** Remembers the elements of groups whose members have not changed. */
export class MemberCache {
  readonly #known = new Map<
    string,
    { members: readonly GroupMemberSpec[]; networks: string; elements: Elements }
  >()

  of(
    groupId: string,
    members: readonly GroupMemberSpec[],
    networks: ReadonlyMap<string, FilteredNetwork>,
  ): Elements {
    const seen = JSON.stringify([...networks.values()].map(({ segmentId, cidrs }) => [segmentId, cidrs]))
    const known = this.#known.get(groupId)
    if (known?.members === members && known.networks === seen) return known.elements
    const all = [...networks.values()].map((network) => ({
      mark: markOf(network.segmentId),
      addresses: membersSeenFrom(network, members),
    }))
    const elements = { 4: elementsOf(4, all), 6: elementsOf(6, all) }
    this.#known.set(groupId, { members, networks: seen, elements })
    return elements
  }

  forgetExcept(groups: ReadonlySet<string>): void {
    for (const id of this.#known.keys()) if (!groups.has(id)) this.#known.delete(id)
  }
}

function elementsOf(version: IpVersion, all: readonly { mark: number; addresses: string[] }[]) {
  const exact = new Set<string>()
  const ranges = new Set<string>()
  for (const { mark, addresses } of all) {
    const own = addresses.filter((one) => versionOf(one) === version)
    for (const address of own) if (parseIp(address)) exact.add(`${mark} . ${address}`)
    for (const range of outermost(own.filter((one) => one.includes('/')))) ranges.add(`${mark} . ${range}`)
  }
  return { exact, ranges }
}

/** Ranges without those that lie in another one: nft takes none that overlap. */
function outermost(cidrs: readonly string[]): string[] {
  const parsed = [...new Set(cidrs)].flatMap((cidr) => {
    const range = parseIpRange(cidr)
    return range ? [{ cidr, ...range }] : []
  })
  parsed.sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last))
  const kept: typeof parsed = []
  for (const one of parsed) if (one.last > (kept.at(-1)?.last ?? -1n)) kept.push(one)
  return kept.map(({ cidr }) => cidr)
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
