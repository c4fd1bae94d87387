import type { HostRoute } from '../subnets/plan.ts'
import { everywhere, familyOf, inRange, prefixLength } from './addresses.ts'
import type { Packet } from './answer.ts'
import type { Allocation, PortFacts, RouterFacts } from './world.ts'

/** How a router goes on with a packet. */
export interface RouterRoute {
  /** The interface that it leaves by. */
  port: PortFacts
  /** Whom it is given to there. */
  nexthop: string
  /** A route that was set, in words; null where the router is on the subnet. */
  by: string | null
}

/** True when the router has this interface in force. */
export const isUp = (port: PortFacts): boolean => port.adminStateUp && port.network.adminStateUp

const sides = (router: RouterFacts): PortFacts[] => [
  ...router.interfaces,
  ...(router.gatewayPort ? [router.gatewayPort] : []),
]

/** The port of a router that has an address, and that address with its subnet. */
export const connected = (
  router: RouterFacts,
  address: string,
): { port: PortFacts; allocation: Allocation } | undefined =>
  sides(router)
    .flatMap((port) => port.allocations.map((allocation) => ({ port, allocation })))
    .filter(({ allocation }) => inRange(allocation.subnet.cidr, address))
    .sort((a, b) => prefixLength(b.allocation.subnet.cidr) - prefixLength(a.allocation.subnet.cidr))[0]

/** The way of a router to an address: the narrowest of its subnets and routes, else its gateway. */
export function routerRoute(router: RouterFacts, address: string | null): RouterRoute | null {
  const near = address === null ? undefined : connected(router, address)
  const routes = router.routes as unknown as HostRoute[]
  const route =
    address === null
      ? routes.find(({ destination }) => Object.values(everywhere).includes(destination))
      : routes
          .filter(({ destination }) => inRange(destination, address))
          .sort((a, b) => prefixLength(b.destination) - prefixLength(a.destination))[0]
  const nearer =
    near && (!route || prefixLength(near.allocation.subnet.cidr) >= prefixLength(route.destination))
  if (nearer) return { port: near.port, nexthop: address!, by: null }
  if (route) {
    const side = connected(router, route.nexthop)
    if (side) return { port: side.port, nexthop: route.nexthop, by: `its route to ${route.destination}` }
  }
  const family = address === null ? 'IPv4' : familyOf(address)
  const gateway = router.gatewayPort
  const nexthop = gateway?.allocations.find(
    ({ ipAddress, subnet }) => familyOf(ipAddress) === family && subnet.gatewayIp !== null,
  )?.subnet.gatewayIp
  return gateway && nexthop ? { port: gateway, nexthop, by: 'its gateway' } : null
}

/** The floating IPs and forwardings that a router has in force: those of its gateway's network. */
const inForce = (router: RouterFacts) =>
  router.gatewayPort
    ? router.floatingIps.filter(({ networkId }) => networkId === router.externalNetworkId)
    : []

/** Whom something for a translated address goes to instead; null where the router translates nothing. */
export function translateTarget(
  router: RouterFacts,
  { protocol, port, destination }: Packet,
): { destination: string; port: number | null; forwarding: boolean; floatingIpId: string } | null {
  const floating = inForce(router).find(({ address }) => address === destination)
  if (!floating) return null
  if (floating.fixedIpAddress)
    return { destination: floating.fixedIpAddress, port, forwarding: false, floatingIpId: floating.id }
  const forwarding = floating.forwardings.find(
    (one) => one.protocol === protocol && one.externalPort === port,
  )
  return forwarding
    ? {
        destination: forwarding.internalAddress,
        port: forwarding.internalPort,
        forwarding: true,
        floatingIpId: floating.id,
      }
    : null
}

/**
 * The address that something seems to come from behind the router.
 * @param way how it travels: whether it came in and goes out by the gateway, and was for a translated address
 */
export function translateSource(
  router: RouterFacts,
  source: string | null,
  { fromGateway, byGateway, translated }: { fromGateway: boolean; byGateway: boolean; translated: boolean },
): { address: string; floating: boolean } | null {
  if (source === null || fromGateway || familyOf(source) === 'IPv6') return null
  if (!byGateway && !translated) return null
  const floating = inForce(router).find(({ fixedIpAddress }) => fixedIpAddress === source)
  if (floating) return { address: floating.address, floating: true }
  const own = router.gatewayPort?.allocations.find(({ ipAddress }) => familyOf(ipAddress) === 'IPv4')
  if (!own || (byGateway && !router.enableSnat && !translated)) return null
  return { address: own.ipAddress, floating: false }
}
