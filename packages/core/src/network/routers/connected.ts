import type { Db, Tx } from '@nephos/db'
import { conflict, invalid } from '../../kernel/index.ts'
import { holds, parseIp, parseIpRange, rangesOverlap } from '../addresses/ip.ts'
import { routerGatewayOwner, routerInterfaceOwner } from '../ports/owners.ts'

/** A subnet that a router is on, with its own address there. */
export interface ConnectedSubnet {
  subnetId: string
  networkId: string
  cidr: string
  ipAddress: string
  portId: string
  /** It is the gateway's side. */
  external: boolean
}

/** The subnets that a router is on, those of its gateway included. The router's row must be locked. */
export async function connectedSubnets(db: Db | Tx, routerId: string): Promise<ConnectedSubnet[]> {
  const ports = await db.port.findMany({
    where: { deviceOwner: { in: [routerInterfaceOwner, routerGatewayOwner] }, deviceId: routerId },
    select: {
      id: true,
      networkId: true,
      deviceOwner: true,
      allocations: { select: { subnetId: true, ipAddress: true, subnet: { select: { cidr: true } } } },
    },
  })
  return ports.flatMap(({ id, networkId, deviceOwner, allocations }) =>
    allocations.map(({ subnetId, ipAddress, subnet }) => ({
      subnetId,
      networkId,
      cidr: subnet.cidr,
      ipAddress,
      portId: id,
      external: deviceOwner === routerGatewayOwner,
    })),
  )
}

/**
 * Refuses a subnet that shares addresses with one that the router is on already: it could not tell which way to send.
 * @throws NephosError invalid_input naming the field
 */
export function refuseOverlap(
  connected: readonly ConnectedSubnet[],
  subnet: { id: string; cidr: string },
  field: string,
): void {
  const same = connected.find(({ subnetId }) => subnetId === subnet.id)
  if (same)
    throw invalid(field, `The router is on the subnet ${subnet.cidr} already.`, 'Choose another subnet.')
  const other = connected.find(({ cidr }) => rangesOverlap(parseIpRange(cidr)!, parseIpRange(subnet.cidr)!))
  if (other)
    throw invalid(
      field,
      `The subnet ${subnet.cidr} overlaps with ${other.cidr}, which the router is on already.`,
      'A router joins subnets with different addresses only. Choose another subnet, or use another router.',
    )
}

/**
 * Refuses that the router leaves a subnet whose neighbours its routes name.
 * @throws NephosError conflict naming the route
 */
export function refuseLostNexthops(
  routes: readonly { destination: string; nexthop: string }[],
  staying: readonly Pick<ConnectedSubnet, 'cidr'>[],
): void {
  const lost = routes.find(({ nexthop }) => !reaches(staying, nexthop))
  if (lost)
    throw conflict(`The route to ${lost.destination} goes by ${lost.nexthop}, which is on this subnet.`, {
      remedy: 'Remove the route first.',
      detail: { reason: 'used_by_route', ...lost },
    })
}

/** True when the address is on one of the subnets. */
export const reaches = (subnets: readonly Pick<ConnectedSubnet, 'cidr'>[], address: string): boolean => {
  const ip = parseIp(address)
  return ip !== null && subnets.some(({ cidr }) => holds(parseIpRange(cidr)!, ip))
}
