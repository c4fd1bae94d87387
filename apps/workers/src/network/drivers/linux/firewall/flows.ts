import { holds, parseIp, parseIpRange, versionOf } from '@nephos/core/ip'
import type { FirewallSpec, SecurityRuleSpec } from '../../../driver.ts'
import { type FilteredNetwork, type FilteredPort, membersSeenFrom } from './build.ts'
import { versionOfRule } from './rule-lines.ts'

/** A connection that conntrack knows, as its first packet went. */
export interface Flow {
  zone: number
  protocol: number
  source: string
  destination: string
  /** Ports, where the protocol has any. */
  from: number | null
  to: number | null
  /** Type, code and id of ICMP. */
  icmp: { type: number; code: number; id: number } | null
  /** It was not seen from its beginning: who began it is not known. */
  midstream: boolean
}

/** Reads what `conntrack -L` prints. Lines that are not understood are left out. */
export function parseFlows(text: string): Flow[] {
  return text.split('\n').flatMap((line): Flow[] => {
    const words = line.trim().split(/\s+/)
    const field = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
    const number = (name: string) => {
      const value = field(name)
      return value === undefined ? null : Number(value)
    }
    const [protocol, source, destination] = [Number(words[1]), field('src'), field('dst')]
    if (!Number.isInteger(protocol) || !source || !destination) return []
    if (!parseIp(source) || !parseIp(destination)) return []
    const type = number('type')
    return [
      {
        zone: number('zone') ?? 0,
        protocol,
        source,
        destination,
        from: number('sport'),
        to: number('dport'),
        icmp: type === null ? null : { type, code: number('code') ?? 0, id: number('id') ?? 0 },
        midstream: ((number('mark') ?? 0) & 1) === 1,
      },
    ]
  })
}

/** What conntrack has to be told besides an address that is not one of IPv4. */
export const familyOf = (address: string): string => (versionOf(address) === 4 ? '' : ' -f ipv6')

/** The line for `conntrack -R` that ends a flow. */
export function endOf({ zone, protocol, source, destination, from, to, icmp }: Flow): string {
  const ports = from === null || to === null ? '' : ` --sport ${from} --dport ${to}`
  const name = versionOf(source) === 4 ? '--icmp' : '--icmpv6'
  const message = icmp ? ` ${name}-type ${icmp.type} ${name}-code ${icmp.code} ${name}-id ${icmp.id}` : ''
  return `-D${familyOf(source)} -w ${zone} -p ${protocol} -s ${source} -d ${destination}${ports}${message}`
}

/** What is needed to judge flows. */
export interface Judgement {
  spec: FirewallSpec
  ports: readonly FilteredPort[]
  /** By zone. */
  networks: ReadonlyMap<number, FilteredNetwork>
}

/** DHCP of either kind is never filtered. */
const servedPorts = new Set([67, 68, 546, 547])

/** The flows that would not be let through if they began now. */
export function forbiddenFlows(flows: readonly Flow[], { spec, ports, networks }: Judgement): Flow[] {
  const byAddress = new Map<string, FilteredPort>()
  for (const port of ports)
    for (const address of port.addresses) byAddress.set(`${port.networkId} ${address}`, port)
  const ranged = ports.filter(({ addresses }) => addresses.some((one) => one.includes('/')))
  return flows.filter((flow) => {
    const network = networks.get(flow.zone)
    if (!network || (flow.protocol === 17 && servedPorts.has(flow.to ?? 0))) return false
    const portAt = (address: string) =>
      byAddress.get(`${network.networkId} ${address}`) ??
      ranged.find((port) => port.networkId === network.networkId && isIn(address, port.addresses))
    const asSeen = begun(flow)
    const refuses = (direction: 'ingress' | 'egress', own: string, other: string) => {
      const port = portAt(own)
      return port?.groups ? !permits(spec, port, network, direction, asSeen, other) : false
    }
    return (
      refuses('egress', asSeen.source, asSeen.destination) ||
      refuses('ingress', asSeen.destination, asSeen.source)
    )
  })
}

/** The flow as its first packet went; of one that was met on its way the lower port is taken for the server's. */
function begun(flow: Flow): Flow {
  if (!flow.midstream || flow.from === null || flow.to === null || flow.from >= flow.to) return flow
  return { ...flow, source: flow.destination, destination: flow.source, from: flow.to, to: flow.from }
}

function permits(
  spec: FirewallSpec,
  port: FilteredPort,
  network: FilteredNetwork,
  direction: 'ingress' | 'egress',
  flow: Flow,
  other: string,
): boolean {
  const groups = port.groups!.flatMap((id) => spec.groups.get(id) ?? [])
  // Those that remember nothing are asked again for every packet.
  if (groups.some(({ stateful }) => !stateful)) return true
  return groups.some(({ rules }) =>
    rules.some(
      (rule) =>
        rule.direction === direction &&
        isAbout(rule, flow) &&
        (rule.cidr === null || isIn(other, [rule.cidr])) &&
        (rule.groupId === null ||
          isIn(other, membersSeenFrom(network, spec.members.get(rule.groupId) ?? []))),
    ),
  )
}

function isAbout(rule: SecurityRuleSpec, flow: Flow): boolean {
  const { protocol, portMin, portMax } = rule
  if (versionOfRule(rule) !== versionOf(flow.source)) return false
  if (protocol === null) return true
  if (protocol !== flow.protocol) return false
  if (portMin === null) return true
  if (protocol === 1 || protocol === 58)
    return flow.icmp?.type === portMin && (portMax === null || flow.icmp.code === portMax)
  return flow.to !== null && flow.to >= portMin && flow.to <= (portMax ?? portMin)
}

function isIn(address: string, ranges: readonly string[]): boolean {
  const ip = parseIp(address)
  if (!ip) return false
  return ranges.some((range) => {
    if (!range.includes('/')) return range === address
    const parsed = parseIpRange(range)
    return parsed !== null && holds(parsed, ip)
  })
}
