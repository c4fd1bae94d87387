import { newId, type Router, type Subnet } from '@nephos/db'
import {
  type Ctx,
  conflict,
  invalid,
  isAdmin,
  type MutationTx,
  NephosError,
  notFound,
  requireProject,
} from '../../kernel/index.ts'
import { requireNotDeleting, visibleNetworks } from '../networks/access.ts'
import { announceNetwork } from '../networks/row.ts'
import { takeChosenAddress } from '../ports/fixed-ips.ts'
import { insertPort } from '../ports/insert-port.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import { announcePort, portParts, portRow } from '../ports/row.ts'
import { type ConnectedSubnet, connectedSubnets, refuseOverlap } from './connected.ts'

/**
 * Puts a router on a subnet, as its gateway: a new port with the gateway's address. The router's row must be locked or
 * new. Quota of ports is the caller's.
 * @returns id of the port
 * @throws NephosError not_found, forbidden on another project's network, invalid_input for a subnet without a gateway or
 * one that overlaps, conflict when something else has the gateway's address
 */
export async function joinSubnet(
  ctx: Ctx,
  tx: MutationTx,
  router: Pick<Router, 'id' | 'projectId'>,
  subnetId: string,
  field = 'subnetId',
): Promise<string> {
  const found = await tx.db.subnet.findFirst({
    where: { id: subnetId, network: visibleNetworks(ctx) },
    include: { network: true },
  })
  if (!found) throw notFound('subnet', subnetId)
  const { network, ...subnet } = found
  requireNotDeleting(network)
  if (!isAdmin(ctx.actor) && network.projectId !== requireProject(ctx).id)
    throw new NephosError('forbidden', `The network ${network.name} belongs to another project.`, {
      field,
      remedy: 'Make a port on it, if it is shared, and join the router by that port.',
    })
  if (!subnet.gatewayIp)
    throw invalid(
      field,
      `The subnet ${subnet.cidr} has no gateway, so the router has no address to take there.`,
      'Give the subnet a gateway, or join by a port with the address that you want.',
    )
  refuseOverlap(await connectedSubnets(tx.db, router.id), subnet, field)
  const id = newId()
  await insertPort(tx.db, {
    id,
    networkId: network.id,
    projectId: router.projectId,
    deviceOwner: routerInterfaceOwner,
    deviceId: router.id,
    portSecurity: false,
  })
  await takeGatewayAddress(tx, id, subnet, subnet.gatewayIp)
  const port = await tx.db.port.findUniqueOrThrow({ where: { id }, include: portParts })
  announcePort(tx, 'created', port, portRow(port))
  await announceNetwork(tx, network.id, 'updated')
  return id
}

async function takeGatewayAddress(
  tx: MutationTx,
  portId: string,
  subnet: Subnet,
  gatewayIp: string,
): Promise<void> {
  try {
    await takeChosenAddress(tx.db, { id: portId, networkId: subnet.networkId }, subnet, gatewayIp)
  } catch (error) {
    if (!(error instanceof NephosError) || error.code !== 'conflict') throw error
    throw conflict(`Something else has the gateway's address ${gatewayIp} of the subnet ${subnet.cidr}.`, {
      field: 'subnetId',
      remedy: 'For a second router on one subnet make a port there, and join the router by that port.',
      detail: { reason: 'gateway_address_in_use', subnetId: subnet.id, ipAddress: gatewayIp },
    })
  }
}

/**
 * Makes a port that nothing uses the router's: it may have any address, so several routers can be on one subnet. The
 * router's row must be locked.
 * @throws NephosError not_found, invalid_input for a port without an address or one that overlaps, conflict when it is in use
 */
export async function joinPort(
  tx: MutationTx,
  router: Pick<Router, 'id' | 'projectId'>,
  portId: string,
): Promise<void> {
  // Ports of the router's own project only: its rows and quota stay together.
  const port = await tx.db.port.findFirst({
    where: { id: portId, projectId: router.projectId },
    include: { network: true, allocations: { include: { subnet: true } } },
  })
  if (!port) throw notFound('port', portId)
  requireNotDeleting(port.network)
  if (port.deviceOwner !== '' || port.instanceId)
    throw conflict('The port is in use.', {
      field: 'portId',
      remedy: 'Choose a port that nothing uses.',
      detail: { reason: 'port_in_use', deviceOwner: port.deviceOwner },
    })
  if (port.allocations.length === 0)
    throw invalid('portId', 'The port has no address.', 'A router needs an address on each of its ports.')
  const connected: ConnectedSubnet[] = await connectedSubnets(tx.db, router.id)
  for (const { subnet } of port.allocations) refuseOverlap(connected, subnet, 'portId')
  if (new Set(port.allocations.map(({ subnetId }) => subnetId)).size < port.allocations.length)
    throw invalid(
      'portId',
      'The port has two addresses of one subnet.',
      'Use a port with one address a subnet.',
    )
  const { count } = await tx.db.port.updateMany({
    where: { id: port.id, generation: port.generation, deviceOwner: '', instanceId: null },
    data: {
      deviceOwner: routerInterfaceOwner,
      deviceId: router.id,
      portSecurity: false,
      generation: { increment: 1 },
    },
  })
  if (count === 0) throw conflict('The port was changed at the same moment.', { remedy: 'Try again.' })
  // What a router sends is not filtered.
  await tx.db.portSecurityGroup.deleteMany({ where: { portId: port.id } })
  const changed = await tx.db.port.findUniqueOrThrow({ where: { id: port.id }, include: portParts })
  announcePort(tx, 'updated', changed, portRow(changed))
  await announceNetwork(tx, port.networkId, 'updated')
}
