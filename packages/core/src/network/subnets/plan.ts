import { invalid } from '../../kernel/index.ts'
import {
  contains,
  formatAddress,
  formatCidr,
  overlaps,
  parseAddress,
  parseCidr,
  type Range,
  sizeOf,
} from '../addresses/ipv4.ts'
import type { SubnetInput } from './input.ts'

/** A run of addresses as it is stored and shown. */
export interface Pool {
  start: string
  end: string
}

/** A static route that guests get by DHCP. */
export interface HostRoute {
  destination: string
  nexthop: string
}

/** A subnet whose addresses are known to make sense. */
export interface SubnetPlan {
  cidr: string
  gatewayIp: string | null
  enableDhcp: boolean
  pools: Pool[]
  dnsServers: string[]
  hostRoutes: HostRoute[]
}

const refused: (Range & { what: string })[] = [
  { ...parseCidr('0.0.0.0/8')!, what: '0.0.0.0/8, which means "this host"' },
  { ...parseCidr('127.0.0.0/8')!, what: '127.0.0.0/8, the loopback addresses' },
  { ...parseCidr('169.254.0.0/16')!, what: '169.254.0.0/16, the link-local and metadata addresses' },
  { ...parseCidr('224.0.0.0/4')!, what: '224.0.0.0/4, the multicast addresses' },
  { ...parseCidr('240.0.0.0/4')!, what: '240.0.0.0/4, which is reserved' },
]
const privateRanges = 'Use a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.'

/**
 * Checks a subnet and fills in what was left out: the first address as gateway, and every other address as pool.
 * @param siblings CIDRs of the other subnets of the network
 * @param path where the subnet is inside the caller's input, with a dot at its end, for the field in the error
 * @throws NephosError invalid_input naming the field and the remedy
 */
export function planSubnet(input: SubnetInput, siblings: readonly string[], path = ''): SubnetPlan {
  const range = planCidr(input.cidr, siblings, `${path}cidr`)
  const hosts = { first: range.first + 1, last: range.last - 1 }
  const gateway = planGateway(input.gatewayIp, hosts, formatCidr(range), `${path}gatewayIp`)
  const pools = input.pools
    ? planPools(input.pools, hosts, gateway, path)
    : [
        { first: hosts.first, last: (gateway ?? hosts.last + 1) - 1 },
        { first: (gateway ?? hosts.last) + 1, last: hosts.last },
      ].filter((pool) => sizeOf([pool]) > 0)
  return {
    cidr: formatCidr(range),
    gatewayIp: gateway === null ? null : formatAddress(gateway),
    enableDhcp: input.enableDhcp,
    pools: pools.map(({ first, last }) => ({ start: formatAddress(first), end: formatAddress(last) })),
    dnsServers: planDnsServers(input.dnsServers, `${path}dnsServers`),
    hostRoutes: input.hostRoutes.map((route, index) => planRoute(route, `${path}hostRoutes.${index}`)),
  }
}

/** The pools of a stored subnet as numbers. */
export const poolRanges = (pools: readonly Pool[]): Range[] =>
  pools.map(({ start, end }) => ({ first: parseAddress(start)!, last: parseAddress(end)! }))

function planCidr(text: string, siblings: readonly string[], field: string) {
  const range = parseCidr(text)
  if (!range)
    throw invalid(
      field,
      `"${text}" is not an IPv4 address range.`,
      'Write the network address and the length of its prefix, for example 10.0.0.0/24.',
    )
  if (range.prefix < 8 || range.prefix > 29)
    throw invalid(
      field,
      `A subnet has a prefix of /8 to /29, not /${range.prefix}.`,
      range.prefix > 29 ? 'A /29 holds 6 addresses, a /24 holds 254.' : 'A /8 holds 16,777,214 addresses.',
    )
  if (range.given !== range.first)
    throw invalid(
      field,
      `${text} is an address inside a network, not a network: bits after the prefix are set.`,
      `Use ${formatCidr(range)}.`,
    )
  const bad = refused.find((other) => overlaps(range, other))
  if (bad) throw invalid(field, `${text} overlaps with ${bad.what}.`, privateRanges)
  const sibling = siblings.find((other) => overlaps(range, parseCidr(other)!))
  if (sibling)
    throw invalid(
      field,
      `The range ${text} overlaps with another subnet of this network: ${sibling}.`,
      'Choose a range that is still free in this network.',
    )
  return range
}

function planGateway(
  given: string | null | undefined,
  hosts: Range,
  cidr: string,
  field: string,
): number | null {
  if (given === null) return null
  if (given === undefined) return hosts.first
  const gateway = parseAddress(given)
  if (gateway === null)
    throw invalid(
      field,
      `"${given}" is not an IPv4 address.`,
      `Use an address of ${cidr}, or null for no gateway.`,
    )
  if (!contains(hosts, gateway))
    throw invalid(
      field,
      `The gateway ${given} is not a usable address of ${cidr}.`,
      `Use an address from ${formatAddress(hosts.first)} to ${formatAddress(hosts.last)}.`,
    )
  return gateway
}

function planPools(pools: readonly Pool[], hosts: Range, gateway: number | null, path: string): Range[] {
  const planned: Range[] = []
  pools.forEach(({ start, end }, index) => {
    const field = `${path}pools.${index}`
    const [first, last] = [parseAddress(start), parseAddress(end)]
    if (first === null) throw invalid(`${field}.start`, `"${start}" is not an IPv4 address.`)
    if (last === null) throw invalid(`${field}.end`, `"${end}" is not an IPv4 address.`)
    if (first > last)
      throw invalid(field, `The pool ${start} to ${end} ends before it starts.`, 'Swap the two addresses.')
    if (!contains(hosts, first) || !contains(hosts, last))
      throw invalid(
        field,
        `The pool ${start} to ${end} is not inside the subnet.`,
        `Use addresses from ${formatAddress(hosts.first)} to ${formatAddress(hosts.last)}.`,
      )
    if (gateway !== null && contains({ first, last }, gateway))
      throw invalid(
        field,
        `The pool ${start} to ${end} contains the gateway ${formatAddress(gateway)}.`,
        'Leave the gateway out of the pools, or choose another gateway.',
      )
    const other = planned.findIndex((pool) => overlaps(pool, { first, last }))
    if (other >= 0)
      throw invalid(field, `The pools ${other + 1} and ${index + 1} overlap.`, 'Make them disjoint.')
    planned.push({ first, last })
  })
  return planned.sort((a, b) => a.first - b.first)
}

function planDnsServers(servers: readonly string[], field: string): string[] {
  servers.forEach((server, index) => {
    const address = parseAddress(server)
    if (address === null || isGroupOrNone(address))
      throw invalid(`${field}.${index}`, `"${server}" is not the IPv4 address of a DNS server.`)
    if (servers.indexOf(server) !== index)
      throw invalid(`${field}.${index}`, `The DNS server ${server} is given twice.`, 'Name it once.')
  })
  return [...servers]
}

function planRoute({ destination, nexthop }: HostRoute, field: string): HostRoute {
  const range = parseCidr(destination)
  if (!range)
    throw invalid(`${field}.destination`, `"${destination}" is not an IPv4 range such as 192.168.0.0/16.`)
  if (range.given !== range.first)
    throw invalid(
      `${field}.destination`,
      `In ${destination} bits after the prefix are set.`,
      `Use ${formatCidr(range)}.`,
    )
  const hop = parseAddress(nexthop)
  if (hop === null || isGroupOrNone(hop))
    throw invalid(`${field}.nexthop`, `"${nexthop}" is not the IPv4 address of a router.`)
  return { destination: formatCidr(range), nexthop }
}

const isGroupOrNone = (address: number): boolean => address === 0 || address >= parseAddress('224.0.0.0')!
