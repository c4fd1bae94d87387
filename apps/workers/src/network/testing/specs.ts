import { randomUUID as newId } from 'node:crypto'
import type { NetworkSpec, PortSpec } from '../driver.ts'

/** A MAC by its last byte. */
export const mac = (last: number) => `fa:16:3e:00:00:${last.toString(16).padStart(2, '0')}`
/** A secured port with the address 10.0.0.`last`. */
export function port(network: { networkId: string }, last: number, fields: Partial<PortSpec> = {}): PortSpec {
  return {
    portId: newId(),
    networkId: network.networkId,
    mac: mac(last),
    ips: [`10.0.0.${last}`],
    portSecurity: true,
    adminStateUp: true,
    ...fields,
  }
}

/** A network with the subnet 10.0.0.0/24 and everything that DHCP can say. */
export const network = (segmentId: number, fields: Partial<NetworkSpec> = {}): NetworkSpec => ({
  networkId: newId(),
  segmentId,
  mtu: 1450,
  adminStateUp: true,
  dhcpMac: 'fa:16:3e:ff:ff:02',
  subnets: [
    {
      subnetId: newId(),
      cidr: '10.0.0.0/24',
      gatewayIp: '10.0.0.1',
      enableDhcp: true,
      dhcpIp: '10.0.0.2',
      dnsServers: ['192.0.2.53', '192.0.2.54'],
      hostRoutes: [{ destination: '198.51.100.0/24', nexthop: '10.0.0.9' }],
    },
  ],
  leases: [],
  ports: [],
  overlay: null,
  ...fields,
})

/** The network with these ports, each with its reservation. */
export const withPorts = (spec: NetworkSpec, ports: PortSpec[]): NetworkSpec => ({
  ...spec,
  ports,
  leases: ports.flatMap(({ mac: address, ips }, index) =>
    ips.map((ip) => ({ mac: address, ip, hostname: `guest-${index + 1}` })),
  ),
})
