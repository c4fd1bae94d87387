import { invalid } from '../../kernel/index.ts'
import {
  formatIp,
  formatIpRange,
  holds,
  type IpRange,
  type IpVersion,
  parseIp,
  parseIpRange,
  rangesOverlap,
} from '../addresses/ip.ts'
import type { Range6 } from '../addresses/ipv6.ts'
import type { SubnetInput } from './input.ts'
import { formsAddresses, type Ipv6Mode } from './kinds.ts'

/** A run of addresses as it is stored and shown. */
export interface Pool {
  start: string
  end: string
}

/** A static route that guests get by DHCP, or in IPv6 from the metadata service. */
export interface HostRoute {
  destination: string
  nexthop: string
}

/** A subnet whose addresses are known to make sense. */
export interface SubnetPlan {
  ipVersion: IpVersion
  cidr: string
  gatewayIp: string | null
  enableDhcp: boolean
  ipv6RaMode: Ipv6Mode | null
  ipv6AddressMode: Ipv6Mode | null
  pools: Pool[]
  dnsServers: string[]
  hostRoutes: HostRoute[]
}

const refused = [
  { range: '0.0.0.0/8', what: '0.0.0.0/8, which means "this host"' },
  { range: '127.0.0.0/8', what: '127.0.0.0/8, the loopback addresses' },
  { range: '169.254.0.0/16', what: '169.254.0.0/16, the link-local and metadata addresses' },
  { range: '224.0.0.0/4', what: '224.0.0.0/4, the multicast addresses' },
  { range: '240.0.0.0/4', what: '240.0.0.0/4, which is reserved' },
  { range: '::/8', what: '::/8, which holds loopback and IPv4 in the clothes of IPv6' },
  { range: 'fe80::/10', what: 'fe80::/10, the link-local and metadata addresses' },
  { range: 'ff00::/8', what: 'ff00::/8, the multicast addresses' },
].map(({ range, what }) => ({ ...parseIpRange(range)!, what }))

/** What differs between the two kinds. */
const kinds = {
  4: {
    word: 'IPv4',
    prefixes: [8, 29],
    wrongPrefix: (prefix: number) =>
      prefix > 29 ? 'A /29 holds 6 addresses, a /24 holds 254.' : 'A /8 holds 16,777,214 addresses.',
    use: 'Use a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.',
    // The first address is the network's, the last one reaches everybody.
    hosts: ({ first, last }: Range6): Range6 => ({ first: first + 1n, last: last - 1n }),
  },
  6: {
    word: 'IPv6',
    prefixes: [64, 126],
    wrongPrefix: () => 'A /64 is usual: guests can then make their addresses themselves.',
    use: 'Use a range of fd00::/8, which is for private use, or one that leads to your routers.',
    // The first address means "any router"; there is no broadcast.
    hosts: ({ first, last }: Range6): Range6 => ({ first: first + 1n, last }),
  },
} as const

/**
 * Checks a subnet and fills in what was left out: the first address as gateway, and every other address as pool.
 * @param siblings CIDRs of the other subnets of the network
 * @param path where the subnet is inside the caller's input, with a dot at its end, for the field in the error
 * @throws NephosError invalid_input naming the field and the remedy
 */
export function planSubnet(input: SubnetInput, siblings: readonly string[], path = ''): SubnetPlan {
  const range = planCidr(input.cidr, siblings, `${path}cidr`)
  const { version } = range
  if (input.ipVersion !== undefined && input.ipVersion !== version)
    throw invalid(`${path}ipVersion`, `${input.cidr} is a range of ${kinds[version].word}.`, 'Leave it out.')
  const modes = planModes(input, range, path)
  const hosts = { version, ...kinds[version].hosts(range) }
  const gateway = planGateway(input.gatewayIp, hosts, formatIpRange(range), `${path}gatewayIp`)
  const pools = input.pools
    ? planPools(input.pools, hosts, gateway, path)
    : [
        { first: hosts.first, last: (gateway ?? hosts.last + 1n) - 1n },
        { first: (gateway ?? hosts.last) + 1n, last: hosts.last },
      ].filter(({ first, last }) => first <= last)
  const text = (number: bigint) => formatIp({ version, number })
  return {
    ipVersion: version,
    cidr: formatIpRange(range),
    gatewayIp: gateway === null ? null : text(gateway),
    enableDhcp: input.enableDhcp,
    ...modes,
    pools: pools.map(({ first, last }) => ({ start: text(first), end: text(last) })),
    dnsServers: planDnsServers(input.dnsServers, version, `${path}dnsServers`),
    hostRoutes: input.hostRoutes.map((route, index) =>
      planRoute(route, version, `${path}hostRoutes.${index}`),
    ),
  }
}

function planCidr(text: string, siblings: readonly string[], field: string): IpRange {
  const range = parseIpRange(text)
  if (!range)
    throw invalid(
      field,
      `"${text}" is not an address range.`,
      'Write the network address and the length of its prefix, for example 10.0.0.0/24 or fd00:1::/64.',
    )
  const { prefixes, wrongPrefix, use, word } = kinds[range.version]
  const bad = refused.find((other) => rangesOverlap(range, other))
  if (bad && range.prefix >= prefixes[0]) throw invalid(field, `${text} overlaps with ${bad.what}.`, use)
  if (range.prefix < prefixes[0] || range.prefix > prefixes[1])
    throw invalid(
      field,
      `A subnet of ${word} has a prefix of /${prefixes[0]} to /${prefixes[1]}, not /${range.prefix}.`,
      wrongPrefix(range.prefix),
    )
  if (range.given !== range.first)
    throw invalid(
      field,
      `${text} is an address inside a network, not a network: bits after the prefix are set.`,
      `Use ${formatIpRange(range)}.`,
    )
  const sibling = siblings.find((other) => rangesOverlap(range, parseIpRange(other)!))
  if (sibling)
    throw invalid(
      field,
      `The range ${text} overlaps with another subnet of this network: ${sibling}.`,
      'Choose a range that is still free in this network.',
    )
  return range
}

/** The modes of an IPv6 subnet: equal, or one left to others. */
function planModes(
  { ipv6RaMode = null, ipv6AddressMode = null, enableDhcp }: SubnetInput,
  { version, prefix }: IpRange,
  path: string,
): Pick<SubnetPlan, 'ipv6RaMode' | 'ipv6AddressMode'> {
  const modes = { ipv6RaMode, ipv6AddressMode }
  const field = path + (ipv6RaMode ? 'ipv6RaMode' : 'ipv6AddressMode')
  if (!ipv6RaMode && !ipv6AddressMode) return modes
  if (version === 4) throw invalid(field, 'Only subnets of IPv6 have such a mode.', 'Leave it out.')
  if (!enableDhcp)
    throw invalid(
      `${path}enableDhcp`,
      'Without DHCP nothing is announced to guests, and the subnet has no mode.',
      'Leave DHCP on, or leave the modes out.',
    )
  if (ipv6RaMode && ipv6AddressMode && ipv6RaMode !== ipv6AddressMode)
    throw invalid(
      `${path}ipv6AddressMode`,
      `Routers announce ${ipv6RaMode}, so guests cannot use ${ipv6AddressMode}.`,
      'Give both modes the same value, or leave one out.',
    )
  if (formsAddresses({ ipVersion: version, ...modes }) && prefix !== 64)
    throw invalid(
      `${path}cidr`,
      `Guests make the last 64 bits of their address themselves, so the prefix is /64, not /${prefix}.`,
      'Use a /64, or the mode dhcpv6-stateful.',
    )
  return modes
}

type Hosts = Pick<IpRange, 'version' | 'first' | 'last'>
const ends = ({ version, first, last }: Hosts): string =>
  `${formatIp({ version, number: first })} to ${formatIp({ version, number: last })}`

function planGateway(
  given: string | null | undefined,
  hosts: Hosts,
  cidr: string,
  field: string,
): bigint | null {
  if (given === null) return null
  if (given === undefined) return hosts.first
  const gateway = parseIp(given)
  if (gateway?.version !== hosts.version)
    throw invalid(
      field,
      `"${given}" is not an ${kinds[hosts.version].word} address.`,
      `Use an address of ${cidr}, or null for no gateway.`,
    )
  if (!holds(hosts, gateway))
    throw invalid(
      field,
      `The gateway ${given} is not a usable address of ${cidr}.`,
      `Use an address from ${ends(hosts)}.`,
    )
  return gateway.number
}

function planPools(pools: readonly Pool[], hosts: Hosts, gateway: bigint | null, path: string): Range6[] {
  const { version } = hosts
  const planned: Hosts[] = []
  pools.forEach(({ start, end }, index) => {
    const field = `${path}pools.${index}`
    const [first, last] = [parseIp(start), parseIp(end)]
    const word = `an ${kinds[version].word} address`
    if (first?.version !== version) throw invalid(`${field}.start`, `"${start}" is not ${word}.`)
    if (last?.version !== version) throw invalid(`${field}.end`, `"${end}" is not ${word}.`)
    if (first.number > last.number)
      throw invalid(field, `The pool ${start} to ${end} ends before it starts.`, 'Swap the two addresses.')
    if (!holds(hosts, first) || !holds(hosts, last))
      throw invalid(
        field,
        `The pool ${start} to ${end} is not inside the subnet.`,
        `Use addresses from ${ends(hosts)}.`,
      )
    const pool = { version, first: first.number, last: last.number }
    if (gateway !== null && holds(pool, { version, number: gateway }))
      throw invalid(
        field,
        `The pool ${start} to ${end} contains the gateway ${formatIp({ version, number: gateway })}.`,
        'Leave the gateway out of the pools, or choose another gateway.',
      )
    const other = planned.findIndex((one) => rangesOverlap(one, pool))
    if (other >= 0)
      throw invalid(field, `The pools ${other + 1} and ${index + 1} overlap.`, 'Make them disjoint.')
    planned.push(pool)
  })
  return planned.sort((a, b) => (a.first < b.first ? -1 : 1))
}

/** Of the subnet's own kind: the DHCP of one kind cannot name servers of the other. */
function planDnsServers(servers: readonly string[], version: IpVersion, field: string): string[] {
  return servers.map((server, index) => {
    const address = unicast(server, version)
    if (!address)
      throw invalid(
        `${field}.${index}`,
        `"${server}" is not the ${kinds[version].word} address of a DNS server.`,
      )
    if (servers.findIndex((other) => unicast(other, version) === address) !== index)
      throw invalid(`${field}.${index}`, `The DNS server ${server} is given twice.`, 'Name it once.')
    return address
  })
}

function planRoute({ destination, nexthop }: HostRoute, version: IpVersion, field: string): HostRoute {
  const { word } = kinds[version]
  const range = parseIpRange(destination)
  if (range?.version !== version)
    throw invalid(
      `${field}.destination`,
      `"${destination}" is not an ${word} range such as ${version === 4 ? '192.168.0.0/16' : 'fd00:2::/48'}.`,
    )
  if (range.given !== range.first)
    throw invalid(
      `${field}.destination`,
      `In ${destination} bits after the prefix are set.`,
      `Use ${formatIpRange(range)}.`,
    )
  const hop = unicast(nexthop, version)
  if (!hop) throw invalid(`${field}.nexthop`, `"${nexthop}" is not the ${word} address of a router.`)
  return { destination: formatIpRange(range), nexthop: hop }
}

const noUnicast = ['0.0.0.0/32', '224.0.0.0/3', '::/128', 'ff00::/8'].map((range) => parseIpRange(range)!)

/** The address of one machine in its one form, or null. */
function unicast(text: string, version: IpVersion): string | null {
  const address = parseIp(text)
  if (address?.version !== version || noUnicast.some((range) => holds(range, address))) return null
  return formatIp(address)
}
