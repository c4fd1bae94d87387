import { contains, netmask, parseAddress, parseCidr } from '@nephos/core/addresses'
import type { LeaseSpec, NetworkSpec, SubnetSpec } from '../../driver.ts'
import { dhcpInterface, metadataAddress, type NetworkPaths } from './names.ts'

/** Seconds that a guest may keep its address without asking again. */
const leaseSeconds = 86_400

/** The subnets that DHCP serves: tag, first address and mask come with them. */
export const servedSubnets = (network: Pick<NetworkSpec, 'subnets'>) =>
  network.subnets
    .filter(({ enableDhcp, dhcpIp }) => enableDhcp && dhcpIp !== null)
    .map((subnet) => ({
      ...subnet,
      dhcpIp: subnet.dhcpIp!,
      tag: `s${subnet.subnetId.replaceAll('-', '').slice(-12)}`,
      range: parseCidr(subnet.cidr)!,
    }))

/** The command line of a network's dnsmasq. It answers DHCP and nothing else: no DNS, no file outside of `paths`. */
export function dnsmasqCommand(
  network: NetworkSpec,
  paths: NetworkPaths,
  options: { domain: string; user: string },
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
    '--port=0',
    '--bind-interfaces',
    `--interface=${dhcpInterface}`,
    '--except-interface=lo',
    ...ranges,
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

const label = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/

/** The reservations: MAC, name and address, one a line, in a steady order. */
export function hostsText(network: Pick<NetworkSpec, 'subnets' | 'leases'>): string {
  const ranges = servedSubnets(network).map(({ range }) => range)
  const served = ({ ip }: LeaseSpec) => ranges.some((range) => contains(range, parseAddress(ip) ?? -1))
  const lines = network.leases
    .filter(served)
    .map(({ mac, ip, hostname }) => [mac, ...(label.test(hostname) ? [hostname] : []), ip].join(','))
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join('')
}

/** The options of each subnet: router, routes, MTU and DNS servers. */
export const optionsText = (network: Pick<NetworkSpec, 'subnets' | 'mtu'>): string =>
  servedSubnets(network)
    .flatMap((subnet) =>
      optionsOf(subnet, network.mtu).map((option) => `tag:${subnet.tag},option:${option}\n`),
    )
    .join('')

function optionsOf(subnet: SubnetSpec & { dhcpIp: string }, mtu: number): string[] {
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
    ...(subnet.dnsServers.length > 0 ? [`dns-server,${subnet.dnsServers.join(',')}`] : []),
  ]
}

/** The lines of a lease file that still belong to a reservation; `changed` when others were among them. */
export function currentLeases(
  text: string,
  leases: readonly LeaseSpec[],
): { text: string; changed: boolean } {
  const reserved = new Set(leases.map(({ mac, ip }) => `${mac} ${ip}`))
  const lines = text.split('\n').filter((line) => line !== '')
  const kept = lines.filter((line) => {
    const [, mac, ip] = line.split(' ')
    return reserved.has(`${mac} ${ip}`)
  })
  return { text: kept.map((line) => `${line}\n`).join(''), changed: kept.length < lines.length }
}

/** True when an address of a reservation is still leased to another MAC: dnsmasq would refuse to give it. */
export function hasLeaseConflict(text: string, leases: readonly LeaseSpec[]): boolean {
  const holders = new Map(
    text.split('\n').map((line) => line.split(' ').slice(1, 3).reverse() as [string, string]),
  )
  return leases.some(({ mac, ip }) => holders.has(ip) && holders.get(ip) !== mac)
}
