import { versionOf } from '@nephos/core/ip'
import type { Ipv6Mode, NetworkSpec } from '../../../driver.ts'
import { leases6, servedSubnets6 } from './served.ts'

/** Seconds for which a guest believes a prefix or an address without hearing of it again. */
const leaseSeconds = 86_400
/** Seconds between two advertisements that nobody asked for. */
const advertiseEvery = 60
/** dnsmasq knows no range that is larger: of a larger one it serves the first part. */
const shortestPrefix = 64

/** The range of a subnet as dnsmasq has it; null where nothing is announced or served. */
export function rangeArgument(
  { tag, cidr, prefix }: { tag: string; cidr: string; prefix: number },
  ra: Ipv6Mode | null,
  address: Ipv6Mode | null,
): string | null {
  const mode = ra ?? address
  // Who forms addresses by itself hears of the prefix from us, or from somebody else.
  if (mode === null || (mode === 'slaac' && ra === null)) return null
  const kind = mode === 'slaac' ? 'ra-only' : mode === 'dhcpv6-stateless' && ra ? 'ra-stateless' : 'static'
  const length = Math.max(prefix, shortestPrefix)
  return `--dhcp-range=set:${tag},${cidr.split('/')[0]},${kind},${length},${leaseSeconds}s`
}

/** How a device advertises. @param lifetime seconds for which it is the way to everywhere; 0: it is not */
export const advertiseArgument = (device: string, mtu: number, lifetime: number): string =>
  `--ra-param=${device},mtu:${mtu},${advertiseEvery},${lifetime}`

/** dnsmasq advertises the ranges that it gives addresses of, too. */
export const advertisesServed = (modes: readonly (Ipv6Mode | null)[]): string[] =>
  modes.includes('dhcpv6-stateful') ? ['--enable-ra'] : []

/**
 * What a network's dnsmasq is told of IPv6. It advertises prefixes and name servers, never itself as a router: that is
 * what routers do.
 */
export function arguments6(network: NetworkSpec, device: string): string[] {
  const served = servedSubnets6(network)
  if (served.length === 0) return []
  const ranges = served.flatMap(
    (subnet) => rangeArgument(subnet, subnet.ipv6RaMode ?? null, subnet.ipv6AddressMode ?? null) ?? [],
  )
  return [
    ...ranges,
    ...advertisesServed(served.map(({ ipv6RaMode }) => ipv6RaMode ?? null)),
    advertiseArgument(device, network.mtu, 0),
    '--quiet-dhcp6',
    '--quiet-ra',
  ]
}

/** The reservations of IPv6: MAC, name and address, one a line. @param isLabel true for what may be a name */
export const hostLines6 = (
  network: Pick<NetworkSpec, 'subnets' | 'mtu' | 'leases'>,
  isLabel: (text: string) => boolean,
): string[] =>
  leases6(network).map(({ mac, ip, hostname }) =>
    [mac, ...(isLabel(hostname) ? [hostname] : []), `[${ip}]`].join(','),
  )

/**
 * The options of each subnet of IPv6: name servers, which are told by advertisements, too. Whoever asks for nothing but
 * information is on no subnet in particular where there are several: it hears of those of all.
 */
export function optionLines6(network: Pick<NetworkSpec, 'subnets' | 'mtu'>): string[] {
  const served = servedSubnets6(network)
  const line = (tag: string, servers: readonly string[]) =>
    servers.length > 0
      ? [`${tag}option6:dns-server,${servers.map((server) => `[${server}]`).join(',')}\n`]
      : []
  const own = (subnet: (typeof served)[number]) =>
    subnet.dnsServers.filter((server) => versionOf(server) === 6)
  return [
    ...served.flatMap((subnet) => line(`tag:${subnet.tag},`, own(subnet))),
    ...(served.length > 1 ? line('', [...new Set(served.flatMap(own))]) : []),
  ]
}
