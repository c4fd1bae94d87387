import {
  dhcpOwner,
  nameOfPort,
  routerGatewayOwner,
  routerInterfaceOwner,
  type Services,
  vifLimits,
} from '@nephos/core'
import { loadOverlays } from './desired-overlay.ts'
import type { DhcpOptionSpec, NetworkSpec, PortSpec, SubnetSpec } from './driver.ts'
import { type DoorWishes, doorOf, noDoors } from './routers/doors.ts'

const addresses = {
  select: { subnetId: true, ipAddress: true },
  orderBy: { ipAddress: 'asc' },
} as const

/** What to read of a port to apply it. */
export const portFacts = {
  allocations: addresses,
  instance: { select: { name: true, hostname: true, extraSpecs: true } },
  tags: { select: { tag: true }, orderBy: { tag: 'asc' } },
  securityGroups: {
    select: { group: { select: { id: true, name: true } } },
    orderBy: { groupId: 'asc' },
  },
} as const

/** A port as {@link portFacts} reads it. */
export interface PortFacts {
  id: string
  networkId: string
  macAddress: string
  adminStateUp: boolean
  portSecurity: boolean
  hostName: string | null
  standbyHost: string | null
  allocations: { subnetId: string; ipAddress: string }[]
  instance: { hostname: string; extraSpecs: unknown } | null
  deviceOwner: string
  allowedAddressPairs: unknown
  qosPolicyId: string | null
  dnsName: string
  extraDhcpOptions: unknown
  securityGroups: { group: { id: string } }[]
}

/**
 * The networks that belong on a host, with the ports that are wired there or stand by there: from the database.
 * @param only these networks; all of the host's when absent. A network that does not belong there is left out.
 * @param overlay the host reaches others: what they have of the networks is wanted, too
 * @param doors which networks reach the outside on this host
 */
export async function loadDesired(
  db: Services['db'],
  host: string,
  only?: readonly string[],
  { overlay = false, doors = noDoors }: { overlay?: boolean; doors?: DoorWishes } = {},
): Promise<NetworkSpec[]> {
  const networks = await db.network.findMany({
    where: {
      ...(only && { id: { in: [...only] } }),
      // One that is being deleted goes, unless a port came onto it at the last moment.
      OR: [
        { deleting: false, hosts: { some: { hostName: host } } },
        { ports: { some: { hostName: host } } },
        { ports: { some: { standbyHost: host } } },
      ],
    },
    select: {
      id: true,
      segmentId: true,
      mtu: true,
      adminStateUp: true,
      external: true,
      physicalNetwork: true,
      vlanId: true,
      qosPolicyId: true,
      dnsDomain: true,
      subnets: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
      ports: {
        where: {
          // What a router has on a network is wired with the router.
          deviceOwner: { notIn: [routerInterfaceOwner, routerGatewayOwner] },
          OR: [{ hostName: host }, { standbyHost: host }, { deviceOwner: dhcpOwner }],
        },
        select: {
          id: true,
          networkId: true,
          macAddress: true,
          adminStateUp: true,
          portSecurity: true,
          deviceOwner: true,
          hostName: true,
          standbyHost: true,
          allowedAddressPairs: true,
          qosPolicyId: true,
          dnsName: true,
          extraDhcpOptions: true,
          ...portFacts,
        },
        orderBy: { id: 'asc' },
      },
    },
    orderBy: { id: 'asc' },
  })
  const overlays = overlay
    ? await loadOverlays(
        db,
        host,
        networks.map(({ id }) => id),
      )
    : null
  return networks.map((network) => {
    const { id, segmentId, mtu, adminStateUp, qosPolicyId, dnsDomain, subnets, ports } = network
    const door = doorOf(network, doors)
    const dhcp = ports.find(({ deviceOwner }) => deviceOwner === dhcpOwner)
    const local = ports.filter((port) => port !== dhcp)
    const dhcpIps = new Map(dhcp?.allocations.map(({ subnetId, ipAddress }) => [subnetId, ipAddress]))
    return {
      networkId: id,
      segmentId,
      mtu,
      adminStateUp,
      qosPolicyId,
      dnsDomain,
      dhcpMac: dhcp?.macAddress ?? null,
      subnets: subnets.map(
        (subnet): SubnetSpec => ({
          subnetId: subnet.id,
          cidr: subnet.cidr,
          gatewayIp: subnet.gatewayIp,
          enableDhcp: subnet.enableDhcp,
          ipv6RaMode: subnet.ipv6RaMode as SubnetSpec['ipv6RaMode'],
          ipv6AddressMode: subnet.ipv6AddressMode as SubnetSpec['ipv6AddressMode'],
          dhcpIp: dhcpIps.get(subnet.id) ?? null,
          dnsServers: subnet.dnsServers as string[],
          hostRoutes: subnet.hostRoutes as unknown as SubnetSpec['hostRoutes'],
        }),
      ),
      leases: local.flatMap(leasesOf),
      ports: local.map((port) => {
        const standby = port.hostName !== host && port.standbyHost === host
        return portSpec(port, network, { standby })
      }),
      // Hosts that share a physical network meet there.
      overlay: door?.interface ? null : (overlays?.get(id) ?? null),
      door,
    }
  })
}

/**
 * What the driver is told of a port, but for what its policies say.
 * @param standby its guest is on another host
 */
export const portSpec = (
  port: PortFacts,
  network: Pick<NetworkSpec, 'adminStateUp' | 'qosPolicyId'>,
  { standby = false } = {},
): PortSpec => ({
  portId: port.id,
  networkId: port.networkId,
  mac: port.macAddress,
  ips: port.allocations.map(({ ipAddress }) => ipAddress),
  portSecurity: port.portSecurity,
  adminStateUp: port.adminStateUp && network.adminStateUp,
  allowedPairs: allowedPairs(port),
  securityGroups:
    port.portSecurity && !port.deviceOwner.startsWith('network:')
      ? port.securityGroups.map(({ group }) => group.id)
      : null,
  ...(standby && { standby }),
  limits: vifLimits(port.instance?.extraSpecs),
  qos: {
    portPolicyId: port.qosPolicyId,
    networkPolicyId: port.deviceOwner.startsWith('network:') ? null : (network.qosPolicyId ?? null),
    flavor: vifLimits(port.instance?.extraSpecs),
  },
  ...(standby && { handover: { kind: 'standby' } }),
})

/** The reservations of a port. */
export const leasesOf = (port: PortFacts): NetworkSpec['leases'] =>
  port.allocations.map(({ ipAddress }) => ({
    mac: port.macAddress,
    ip: ipAddress,
    ...(port.extraDhcpOptions !== null && { options: port.extraDhcpOptions as DhcpOptionSpec[] }),
    hostname: port.dnsName ? nameOfPort(port) : (port.instance?.hostname ?? ''),
  }))

/** What a port may send besides its own addresses. */
export const allowedPairs = ({
  macAddress,
  allowedAddressPairs,
}: Pick<PortFacts, 'macAddress' | 'allowedAddressPairs'>): NonNullable<PortSpec['allowedPairs']> =>
  ((allowedAddressPairs ?? []) as { ipAddress: string; macAddress?: string }[]).map((pair) => ({
    mac: pair.macAddress ?? macAddress,
    cidr: pair.ipAddress,
  }))
