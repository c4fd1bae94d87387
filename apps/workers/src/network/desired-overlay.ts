import { dhcpOwner, routerGatewayOwner, routerInterfaceOwner, type Services } from '@nephos/core'
import type { OverlaySpec } from './driver.ts'
import { doorRemotes, floatingAddresses, keyOf } from './routers/overlay-parts.ts'

const routerOwners = new Set([routerInterfaceOwner, routerGatewayOwner])

/**
 * What other hosts have of these networks, by network: from the database. A host without an address on the network
 * between hosts is on its own and not among them.
 */
export async function loadOverlays(
  db: Services['db'],
  host: string,
  networkIds: readonly string[],
): Promise<Map<string, OverlaySpec>> {
  const overlays = new Map<string, OverlaySpec>(
    networkIds.map((networkId) => [networkId, { peers: [], remotes: [] }]),
  )
  if (networkIds.length === 0) return overlays
  const elsewhere = await db.networkHost.findMany({
    where: { networkId: { in: [...networkIds] }, hostName: { not: host } },
    select: { networkId: true, hostName: true, door: true },
    orderBy: { hostName: 'asc' },
  })
  if (elsewhere.length === 0) return overlays
  const hosts = await db.host.findMany({
    where: { name: { in: [...new Set(elsewhere.map(({ hostName }) => hostName))] } },
    select: { name: true, underlayIp: true },
  })
  const addressOf = new Map(hosts.flatMap(({ name, underlayIp }) => (underlayIp ? [[name, underlayIp]] : [])))
  const shared = [...new Set(elsewhere.map(({ networkId }) => networkId))]
  const ports = await db.port.findMany({
    where: {
      networkId: { in: shared },
      hostName: { in: [...addressOf.keys()] },
      deviceOwner: { not: dhcpOwner },
    },
    select: {
      networkId: true,
      macAddress: true,
      hostName: true,
      deviceOwner: true,
      deviceId: true,
      allocations: { select: { ipAddress: true }, orderBy: { ipAddress: 'asc' } },
    },
    orderBy: { id: 'asc' },
  })
  for (const { networkId, hostName } of elsewhere) {
    const underlayIp = addressOf.get(hostName)
    if (underlayIp) overlays.get(networkId)!.peers.push(underlayIp)
  }
  const floating = await floatingAddresses(db, ports)
  for (const { networkId, macAddress, hostName, allocations, deviceId, deviceOwner } of ports)
    overlays.get(networkId)!.remotes.push({
      mac: macAddress,
      ips: [
        ...allocations.map(({ ipAddress }) => ipAddress),
        ...(floating.get(keyOf(networkId, deviceId)) ?? []),
      ],
      underlayIp: addressOf.get(hostName!)!,
      ...(routerOwners.has(deviceOwner) && { router: true }),
    })
  for (const { networkId, ...remote } of await doorRemotes(db, elsewhere, addressOf))
    overlays.get(networkId)!.remotes.push(remote)
  return overlays
}
