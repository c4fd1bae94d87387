import type { HostRoute } from '../subnets/plan.ts'
import { familyOf, inRange, prefixLength } from './addresses.ts'
import type { HopResource } from './answer.ts'
import { nameOf, portResource } from './words.ts'
import type { Allocation, PortFacts } from './world.ts'

/** Where a guest sends what it has for an address. */
export type GuestRoute =
  | { found: true; port: PortFacts; from: Allocation; nexthop: string; reason: string }
  | { found: false; reason: string; remedy: string; resource: HopResource | null }

/**
 * How a guest that believes what DHCP says sends to an address: what is on a subnet of its own directly, other things by
 * the subnet's routes, else by the first gateway among its interfaces.
 * @param ports its interfaces in their order
 * @param to null: somewhere outside
 * @param only the address that it must send from, as for an answer
 */
export function guestRoute(
  ports: readonly PortFacts[],
  to: string | null,
  family: 'IPv4' | 'IPv6',
  only?: string,
): GuestRoute {
  const own = ports.flatMap((port) =>
    port.allocations
      .filter(({ ipAddress }) => familyOf(ipAddress) === family)
      .map((from) => ({ port, from })),
  )
  const [first] = own
  if (!first) {
    const port = ports[0]
    return {
      found: false,
      reason: port ? `${nameOf(port)} has no ${family} address.` : 'It has no interface.',
      remedy: port ? `Give it an ${family} address.` : 'Attach it to a network.',
      resource: port ? portResource(port) : null,
    }
  }
  // Of several on one interface the one that it must send from.
  const asIs = own.filter(({ from }) => from.ipAddress === only)
  const ways = [...asIs, ...own.filter((one) => !asIs.includes(one))]
  const near = to === null ? undefined : ways.find(({ from }) => inRange(from.subnet.cidr, to))
  if (near)
    return {
      found: true,
      ...near,
      nexthop: to!,
      reason: `${to} is on its own subnet ${near.from.subnet.cidr}.`,
    }
  const routed = ways
    .flatMap((way) =>
      (way.from.subnet.hostRoutes as unknown as HostRoute[]).map((route) => ({ ...way, route })),
    )
    .filter(({ route }) => to !== null && inRange(route.destination, to))
    .sort((a, b) => prefixLength(b.route.destination) - prefixLength(a.route.destination))[0]
  if (routed)
    return {
      found: true,
      port: routed.port,
      from: routed.from,
      nexthop: routed.route.nexthop,
      reason: `A route of its subnet leads to ${routed.route.destination} by ${routed.route.nexthop}.`,
    }
  const gateway = own.find(({ from }) => from.subnet.gatewayIp !== null)
  if (gateway)
    return {
      found: true,
      ...gateway,
      nexthop: gateway.from.subnet.gatewayIp!,
      reason: `${to ?? 'The outside'} is not on its subnet, so it goes to the gateway ${gateway.from.subnet.gatewayIp}.`,
    }
  const { subnet } = first.from
  return {
    found: false,
    reason: `${to ?? 'The outside'} is not on the subnet ${subnet.cidr}, which has no gateway.`,
    remedy: 'Give the subnet a gateway, and a router the gateway address.',
    resource: {
      noun: 'subnet',
      id: subnet.id,
      name: subnet.name || subnet.cidr,
      networkId: first.port.networkId,
    },
  }
}
