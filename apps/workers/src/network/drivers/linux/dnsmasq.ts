import { contains, netmask, parseAddress, parseCidr } from '@nephos/core/addresses'
import { versionOf } from '@nephos/core/ip'
import type { LeaseSpec, NetworkSpec, SubnetSpec } from '../../driver.ts'
import { dnsArguments, isLabel } from './dns.ts'
import { arguments6, hostLines6, optionLines6 } from './ipv6/dnsmasq6.ts'
import { hasConflict6, isCurrent6, isLine6 } from './ipv6/leases6.ts'
import { isIpv6 } from './ipv6/served.ts'
import { dhcpInterface, metadataAddress, type NetworkPaths } from './names.ts'
import { tagOf } from './port-options.ts'

/** Seconds that a guest may keep its address without asking again. */
const leaseSeconds = 86_400

/** The subnets of IPv4 that DHCP serves: tag, first address and mask come with them. */
export const servedSubnets = (network: Pick<NetworkSpec, 'subnets'>) =>
  network.subnets
    .filter((subnet) => subnet.enableDhcp && subnet.dhcpIp !== null && !isIpv6(subnet))
    .map((subnet) => ({
      ...subnet,
      dhcpIp: subnet.dhcpIp!,
      tag: `s${subnet.subnetId.replaceAll('-', '').slice(-12)}`,
      range: parseCidr(subnet.cidr)!,
    }))

/** The command line of a network's dnsmasq: DHCP, and DNS of the network's names. It reads no file outside of `paths`. */
export function dnsmasqCommand(
  network: NetworkSpec,
  paths: NetworkPaths,
  options: { domain: string; user: string; forwarders?: readonly string[] },
): string[] {
  const ranges = servedSubnets(network).map(
    ({ tag, cidr, range }) =>
      `--dhcp-range=set:${tag},${cidr.split('/')[0]},static,${netmask(range.prefix)},${leaseSeconds}s`,
  )
  return [
    'dnsmasq',
    '--conf-file=/dev/null',
    '--no-hosts',
    '--no-resolv',
    '--bind-interfaces',
    `--interface=${dhcpInterface}`,
    '--except-interface=lo',
    ...ranges,
    ...dnsArguments(paths, options.domain, options.forwarders ?? []),
    ...arguments6(network, dhcpInterface),
    `--dhcp-hostsfile=${paths.hosts}`,
    `--dhcp-optsfile=${paths.options}`,
    `--dhcp-leasefile=${paths.leases}`,
    `--pid-file=${paths.dnsmasqPid}`,
    '--dhcp-authoritative',
    '--dhcp-lease-max=65536',
    '--no-ping',
    '--quiet-dhcp',
    ...(options.domain ? [`--domain=${options.domain}`] : []),
    `--user=${options.user}`,
  ]
}

/** The reservations: MAC, name and address, one a line, in a steady order. */
export function hostsText(network: Pick<NetworkSpec, 'subnets' | 'mtu' | 'leases'>): string {
  const ranges = servedSubnets(network).map(({ range }) => range)
  const served = ({ ip }: LeaseSpec) => ranges.some((range) => contains(range, parseAddress(ip) ?? -1))
  const lines = network.leases.filter(served).map((lease) => {
    const [tag, { mac, ip, hostname }] = [tagOf(lease), lease]
    return [mac, ...(tag ? [`set:${tag}`] : []), ...(isLabel(hostname) ? [hostname] : []), ip].join(',')
  })
  return [...lines, ...hostLines6(network, isLabel)]
    .sort()
    .map((line) => `${line}\n`)
    .join('')
}

/** The options of each subnet: router, routes, MTU and DNS servers. */
export const optionsText = (network: Pick<NetworkSpec, 'subnets' | 'mtu'>): string =>
  [
    ...servedSubnets(network).flatMap((subnet) =>
      optionsOf(subnet, network.mtu).map((option) => `tag:${subnet.tag},option:${option}\n`),
    ),
    ...optionLines6(network),
  ].join('')

function optionsOf(subnet: SubnetSpec & { dhcpIp: string }, mtu: number): string[] {
  const servers = subnet.dnsServers.filter((server) => versionOf(server) === 4)
  // A client that gets routes (option 121) ignores the router (option 3), so the default route is among them.
  const routes = [
    [`${metadataAddress}/32`, subnet.dhcpIp],
    ...subnet.hostRoutes.map(({ destination, nexthop }) => [destination, nexthop]),
    ...(subnet.gatewayIp ? [['0.0.0.0/0', subnet.gatewayIp]] : []),
  ]
  return [
    subnet.gatewayIp ? `router,${subnet.gatewayIp}` : 'router',
    `classless-static-route,${routes.flat().join(',')}`,
    `mtu,${mtu}`,
    `dns-server,${servers.length > 0 ? servers.join(',') : subnet.dhcpIp}`,
  ]
}

/**
 * The lines of a lease file that still belong to a reservation; `changed` when others were among them.
 * @param hosts the file of reservations that they were given by
 */
export function currentLeases(
  text: string,
  leases: readonly LeaseSpec[],
  hosts: string,
): { text: string; changed: boolean } {
  const reserved = new Set(leases.map(({ mac, ip }) => `${mac} ${ip}`))
  const lines = text.split('\n').filter((line) => line !== '')
  const current6 = isCurrent6(leases, hosts)
  const kept = lines.filter((line) => {
    if (isLine6(line)) return current6(line)
    const [, mac, ip] = line.split(' ')
    return reserved.has(`${mac} ${ip}`)
  })
  return { text: kept.map((line) => `${line}\n`).join(''), changed: kept.length < lines.length }
}

/** True when an address of a reservation is still leased to another MAC: dnsmasq would refuse to give it. */
export function hasLeaseConflict(text: string, leases: readonly LeaseSpec[], hosts: string): boolean {
  const holders = new Map(
    text.split('\n').map((line) => line.split(' ').slice(1, 3).reverse() as [string, string]),
  )
  return (
    leases.some(({ mac, ip }) => versionOf(ip) === 4 && holders.has(ip) && holders.get(ip) !== mac) ||
    hasConflict6(text, leases, hosts)
  )
}
