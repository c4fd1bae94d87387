import { join } from 'node:path'

/** Bridge of a network inside the host's namespace. */
export const bridgeName = (segmentId: number): string => `br${segmentId}`
/** The bridge's end of the pair that leads to DHCP and metadata. */
export const dhcpLinkName = (segmentId: number): string => `dh${segmentId}`
/** The network's door to other hosts. */
export const overlayName = (segmentId: number): string => `vx${segmentId}`
/** The other end, inside the network's DHCP namespace. */
export const dhcpInterface = 'dhcp0'

const networkAlias = 'nephos:network:'
const portAlias = 'nephos:port:'

/** What the kernel is told that a bridge is for. */
export const aliasOfNetwork = (networkId: string): string => networkAlias + networkId
/** What the kernel is told that a tap is for. */
export const aliasOfPort = (portId: string): string => portAlias + portId
/** The network of a bridge, by its alias. */
export const networkOfAlias = (alias: string): string | null =>
  alias.startsWith(networkAlias) ? alias.slice(networkAlias.length) : null
/** The port of a tap, by its alias. */
export const portOfAlias = (alias: string): string | null =>
  alias.startsWith(portAlias) ? alias.slice(portAlias.length) : null

/** Address of the metadata service, as every cloud has it. */
export const metadataAddress = '169.254.169.254'

/** The files of one network on this host. */
export function networkPaths(directory: string, networkId: string) {
  const own = join(directory, networkId)
  return {
    directory: own,
    /** Id and segment number: what is needed to remove it. */
    record: join(own, 'network.json'),
    hosts: join(own, 'dhcp-hosts'),
    options: join(own, 'dhcp-options'),
    leases: join(own, 'dhcp-leases'),
    names: join(own, 'dns-names'),
    dnsmasqPid: join(own, 'dnsmasq.pid'),
    haproxyConfig: join(own, 'haproxy.cfg'),
    haproxyPid: join(own, 'haproxy.pid'),
  }
}
export type NetworkPaths = ReturnType<typeof networkPaths>
