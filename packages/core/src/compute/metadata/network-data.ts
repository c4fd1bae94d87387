import { formatIp, parseIpRange, versionOf } from '../../network/addresses/ip.ts'
import { netmask } from '../../network/addresses/ipv4.ts'
import { netmask6 } from '../../network/addresses/ipv6.ts'
import { tapName } from '../../network/ports/tap-name.ts'
import type { MetadataAddress, MetadataSource } from './source.ts'

/** `network_data.json`: the interfaces, how each gets its address, and the DNS servers. */
export function networkData(source: MetadataSource) {
  const links = source.ports.map((port) => ({
    id: tapName(port.portId),
    vif_id: port.portId,
    type: 'tap',
    mtu: port.mtu,
    ethernet_mac_address: port.macAddress,
  }))
  const networks = source.ports
    .flatMap((port) => port.addresses.map((address) => ({ port, address })))
    .map(({ port, address }, index) => ({
      id: `network${index}`,
      type: typeOf(address),
      link: tapName(port.portId),
      network_id: port.networkId,
      ...(typeOf(address) !== 'ipv4_dhcp' && staticAddress(address)),
    }))
  const servers = source.ports.flatMap((port) => port.addresses.flatMap(({ dnsServers }) => dnsServers))
  return { links, networks, services: dnsServices([...new Set(servers)]) }
}

/** How the guest gets the address. Of IPv6 it is told the address in any case, as Nova has it. */
const typeOf = ({ ipAddress, enableDhcp, ipv6AddressMode }: MetadataAddress): string => {
  if (versionOf(ipAddress) === 4) return enableDhcp ? 'ipv4_dhcp' : 'ipv4'
  return ipv6AddressMode ? `ipv6_${ipv6AddressMode}` : 'ipv6'
}

function staticAddress({ ipAddress, cidr, gatewayIp, hostRoutes, dnsServers }: MetadataAddress) {
  const everywhere = versionOf(cidr) === 4 ? '0.0.0.0/0' : '::/0'
  const route = (destination: string, gateway: string) => {
    const { version, first, prefix } = parseIpRange(destination)!
    return { network: formatIp({ version, number: first }), netmask: maskOf(destination, prefix), gateway }
  }
  return {
    ip_address: ipAddress,
    netmask: maskOf(cidr, parseIpRange(cidr)!.prefix),
    routes: [
      ...(gatewayIp ? [route(everywhere, gatewayIp)] : []),
      ...hostRoutes.map(({ destination, nexthop }) => route(destination, nexthop)),
    ],
    services: dnsServices(dnsServers),
  }
}

const maskOf = (cidr: string, prefix: number): string =>
  versionOf(cidr) === 4 ? netmask(prefix) : netmask6(prefix)

const dnsServices = (servers: readonly string[]) => servers.map((address) => ({ type: 'dns', address }))
