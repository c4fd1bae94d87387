import { routerGatewayOwner, type Services } from '@nephos/core'
import type { OverlaySpec } from '../driver.ts'
import { doorMac } from './door-mac.ts'

/** What {@link floatingAddresses} are found by: an external network, and a router on it. */
export const keyOf = (networkId: string, routerId: string): string => `${networkId} ${routerId}`

/** The floating IPs that the gateways among these ports answer for, by {@link keyOf}. Without gateways nothing is read. */
export async function floatingAddresses(
  db: Services['db'],
  ports: readonly { deviceOwner: string; deviceId: string }[],
): Promise<Map<string, string[]>> {
  const gateways = ports.filter(({ deviceOwner }) => deviceOwner === routerGatewayOwner)
  const found = new Map<string, string[]>()
  if (gateways.length === 0) return found
  const rows = await db.floatingIp.findMany({
    where: { routerId: { in: gateways.map(({ deviceId }) => deviceId) } },
    select: { networkId: true, routerId: true, address: true },
    orderBy: { address: 'asc' },
  })
  for (const { networkId, routerId, address } of rows) {
    const key = keyOf(networkId, routerId!)
    found.set(key, [...(found.get(key) ?? []), address])
  }
  return found
}

/** The doors that networks have on other hosts. Without doors nothing is read. */
export async function doorRemotes(
  db: Services['db'],
  elsewhere: readonly { networkId: string; hostName: string; door: boolean }[],
  addressOf: ReadonlyMap<string, string>,
): Promise<(OverlaySpec['remotes'][number] & { networkId: string })[]> {
  const doors = elsewhere.filter(({ door, hostName }) => door && addressOf.has(hostName))
  if (doors.length === 0) return []
  const subnets = await db.subnet.findMany({
    where: { networkId: { in: doors.map(({ networkId }) => networkId) }, gatewayIp: { not: null } },
    select: { networkId: true, gatewayIp: true },
    orderBy: { id: 'asc' },
  })
  return doors.map(({ networkId, hostName }) => ({
    networkId,
    mac: doorMac(networkId),
    ips: subnets.filter((subnet) => subnet.networkId === networkId).map(({ gatewayIp }) => gatewayIp!),
    underlayIp: addressOf.get(hostName)!,
  }))
}
