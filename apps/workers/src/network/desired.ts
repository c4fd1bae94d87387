import { dhcpOwner, type Services, vifLimits } from '@nephos/core'
import { loadOverlays } from './desired-overlay.ts'
import type { NetworkSpec, PortSpec, SubnetSpec } from './driver.ts'

const addresses = {
  select: { subnetId: true, ipAddress: true },
  orderBy: { ipAddress: 'asc' },
} as const

/** What to read of a port to apply it. */
export const portFacts = {
  allocations: addresses,
  instance: { select: { name: true, hostname: true, extraSpecs: true } },
} as const

/** A port as {@link portFacts} reads it. */
export interface PortFacts {
  id: string
  networkId: string
  macAddress: string
  adminStateUp: boolean
  portSecurity: boolean
  allocations: { subnetId: string; ipAddress: string }[]
  instance: { hostname: string; extraSpecs: unknown } | null
}

/**
 * The networks that belong on a host, with the ports that are wired there or stand by there: from the database.
 * @param only these networks; all of the host's when absent. A network that does not belong there is left out.
 * @param overlay the host reaches others: what they have of the networks is wanted, too
 */
export async function loadDesired(
  db: Services['db'],
  host: string,
  only?: readonly string[],
  { overlay = false } = {},
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
      subnets: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
      ports: {
        where: { OR: [{ hostName: host }, { standbyHost: host }, { deviceOwner: dhcpOwner }] },
        select: {
          id: true,
          networkId: true,
          macAddress: true,
          adminStateUp: true,
          portSecurity: true,
          deviceOwner: true,
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
  return networks.map(({ id, segmentId, mtu, adminStateUp, subnets, ports }) => {
    const dhcp = ports.find(({ deviceOwner }) => deviceOwner === dhcpOwner)
    const local = ports.filter((port) => port !== dhcp)
    const dhcpIps = new Map(dhcp?.allocations.map(({ subnetId, ipAddress }) => [subnetId, ipAddress]))
    return {
      networkId: id,
      segmentId,
      mtu,
      adminStateUp,
      dhcpMac: dhcp?.macAddress ?? null,
      subnets: subnets.map(
        (subnet): SubnetSpec => ({
          subnetId: subnet.id,
          cidr: subnet.cidr,
          gatewayIp: subnet.gatewayIp,
          enableDhcp: subnet.enableDhcp,
          dhcpIp: dhcpIps.get(subnet.id) ?? null,
          dnsServers: subnet.dnsServers as string[],
          hostRoutes: subnet.hostRoutes as unknown as SubnetSpec['hostRoutes'],
        }),
      ),
      leases: local.flatMap(leasesOf),
      ports: local.map((port) => portSpec(port, adminStateUp)),
      overlay: overlays?.get(id) ?? null,
    }
  })
}

/** What the driver is told of a port. */
export const portSpec = (port: PortFacts, networkUp: boolean): PortSpec => ({
  portId: port.id,
  networkId: port.networkId,
  mac: port.macAddress,
  ips: port.allocations.map(({ ipAddress }) => ipAddress),
  portSecurity: port.portSecurity,
  adminStateUp: port.adminStateUp && networkUp,
  limits: vifLimits(port.instance?.extraSpecs),
})

/** The reservations of a port. */
export const leasesOf = (port: PortFacts): NetworkSpec['leases'] =>
  port.allocations.map(({ ipAddress }) => ({
    mac: port.macAddress,
    ip: ipAddress,
    hostname: port.instance?.hostname ?? '',
  }))
