import { routerInterfaceOwner, type Services } from '@nephos/core'
import { parseIpRange, versionOf } from '@nephos/core/ip'
import type { Ipv6Mode, RouterPortSpec, RouterSpec } from '../driver.ts'

const portFields = {
  id: true,
  networkId: true,
  macAddress: true,
  adminStateUp: true,
  status: true,
  hostName: true,
  network: { select: { segmentId: true, mtu: true, adminStateUp: true } },
  allocations: {
    select: { ipAddress: true, subnet: { select: { cidr: true, gatewayIp: true, ipv6RaMode: true } } },
    orderBy: { ipAddress: 'asc' },
  },
} as const

interface PortFields {
  id: string
  networkId: string
  macAddress: string
  adminStateUp: boolean
  status: string
  hostName: string | null
  network: { segmentId: number; mtu: number; adminStateUp: boolean }
  allocations: {
    ipAddress: string
    subnet: { cidr: string; gatewayIp: string | null; ipv6RaMode: string | null }
  }[]
}

/** A router that is a host's, with what the database says of its state. */
export interface DesiredRouter {
  spec: RouterSpec
  generation: number
  adminStateUp: boolean
  status: string
  statusReason: string
  ports: { id: string; status: string; hostName: string | null; up: boolean }[]
  /** `leads`: somebody is behind it. */
  floatingIps: { id: string; status: string; leads: boolean }[]
}

/** The networks that a router is on. */
export const networksOf = ({ interfaces, gateway }: RouterSpec): string[] => [
  ...new Set([...interfaces, ...(gateway ? [gateway] : [])].map(({ networkId }) => networkId)),
]

/**
 * The routers whose work a host does: from the database.
 * @param only these routers; all of the host's when absent. One that is not the host's is left out.
 */
export async function loadRouters(
  db: Services['db'],
  host: string,
  only?: readonly string[],
): Promise<DesiredRouter[]> {
  const routers = await db.router.findMany({
    where: { hostName: host, ...(only && { id: { in: [...only] } }) },
    include: {
      gatewayPort: { select: portFields },
      floatingIps: {
        select: {
          id: true,
          networkId: true,
          address: true,
          status: true,
          portId: true,
          fixedIpAddress: true,
          forwardings: {
            select: { protocol: true, externalPort: true, internalAddress: true, internalPort: true },
            orderBy: [{ protocol: 'asc' }, { externalPort: 'asc' }],
          },
        },
        orderBy: { address: 'asc' },
      },
    },
    orderBy: { id: 'asc' },
  })
  if (routers.length === 0) return []
  const ports = await db.port.findMany({
    where: { deviceOwner: routerInterfaceOwner, deviceId: { in: routers.map(({ id }) => id) } },
    select: { ...portFields, deviceId: true },
    orderBy: { id: 'asc' },
  })
  return routers.map(({ gatewayPort, floatingIps, ...router }): DesiredRouter => {
    const interfaces = ports.filter(({ deviceId }) => deviceId === router.id)
    const own = gatewayPort
      ? floatingIps.filter(({ networkId }) => networkId === router.externalNetworkId)
      : []
    return {
      generation: router.generation,
      adminStateUp: router.adminStateUp,
      status: router.status,
      statusReason: router.statusReason,
      ports: [...interfaces, ...(gatewayPort ? [gatewayPort] : [])].map((port) => ({
        id: port.id,
        status: port.status,
        hostName: port.hostName,
        up: portOf(port).up,
      })),
      floatingIps: floatingIps.map((floating) => ({
        id: floating.id,
        status: floating.status,
        leads:
          own.includes(floating) && (floating.fixedIpAddress !== null || floating.forwardings.length > 0),
      })),
      spec: {
        routerId: router.id,
        interfaces: interfaces.map(portOf),
        gateway: gatewayPort && {
          ...portOf(gatewayPort),
          announced: [],
          nexthop: nexthopOf(gatewayPort, 4),
          nexthop6: nexthopOf(gatewayPort, 6),
          snat: router.enableSnat,
        },
        routes: router.routes as unknown as RouterSpec['routes'],
        floatingIps: own.flatMap(({ address, fixedIpAddress }) =>
          fixedIpAddress ? [{ address, fixedIp: fixedIpAddress }] : [],
        ),
        forwardings: own.flatMap(({ address, forwardings }) =>
          forwardings.map(({ protocol, externalPort, internalAddress, internalPort }) => ({
            address,
            protocol,
            port: externalPort,
            toAddress: internalAddress,
            toPort: internalPort,
          })),
        ),
      },
    }
  })
}

/** The way out of the gateway's network for one kind of address. */
const nexthopOf = ({ allocations }: PortFields, version: 4 | 6): string | null =>
  allocations.find(({ ipAddress }) => versionOf(ipAddress) === version)?.subnet.gatewayIp ?? null

const portOf = (port: PortFields): RouterPortSpec => ({
  portId: port.id,
  networkId: port.networkId,
  segmentId: port.network.segmentId,
  mtu: port.network.mtu,
  mac: port.macAddress,
  addresses: port.allocations.map(
    ({ ipAddress, subnet }) => `${ipAddress}/${parseIpRange(subnet.cidr)!.prefix}`,
  ),
  announced: port.allocations.flatMap(({ subnet: { cidr, ipv6RaMode } }) =>
    ipv6RaMode ? [{ cidr, mode: ipv6RaMode as Ipv6Mode }] : [],
  ),
  up: port.adminStateUp && port.network.adminStateUp,
})
