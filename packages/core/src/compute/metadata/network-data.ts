import { formatAddress, netmask, parseCidr } from '../../network/addresses/ipv4.ts'
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
      type: address.enableDhcp ? 'ipv4_dhcp' : 'ipv4',
      link: tapName(port.portId),
      network_id: port.networkId,
      ...(!address.enableDhcp && staticAddress(address)),
    }))
  const servers = source.ports.flatMap((port) => port.addresses.flatMap(({ dnsServers }) => dnsServers))
  return { links, networks, services: dnsServices([...new Set(servers)]) }
}

function staticAddress({ ipAddress, cidr, gatewayIp, hostRoutes, dnsServers }: MetadataAddress) {
  const route = (destination: string, gateway: string) => {
    const { first, prefix } = parseCidr(destination)!
    return { network: formatAddress(first), netmask: netmask(prefix), gateway }
  }
  return {
    ip_address: ipAddress,
    netmask: netmask(parseCidr(cidr)!.prefix),
    routes: [
      ...(gatewayIp ? [route('0.0.0.0/0', gatewayIp)] : []),
      ...hostRoutes.map(({ destination, nexthop }) => route(destination, nexthop)),
    ],
    services: dnsServices(dnsServers),
  }
}

const dnsServices = (servers: readonly string[]) => servers.map((address) => ({ type: 'dns', address }))
