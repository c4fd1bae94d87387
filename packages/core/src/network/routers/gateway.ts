import { newId, type Router } from '@nephos/db'
import { z } from 'zod'
import { type Ctx, conflict, invalid, isAdmin, type MutationTx, NephosError } from '../../kernel/index.ts'
import { findNetwork, requireNotDeleting } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { announceNetwork } from '../networks/row.ts'
import { planFixedIps } from '../ports/fixed-ips.ts'
import { insertPort } from '../ports/insert-port.ts'
import { routerGatewayOwner } from '../ports/owners.ts'
import { announcePort, portParts, portRow } from '../ports/row.ts'
import { takeWishes } from '../ports/wishes.ts'
import { type ConnectedSubnet, refuseOverlap } from './connected.ts'

/** The way out of a router, as it is asked for. */
export const gatewayField = z.object({
  networkId: idField,
  /** Instances without a floating IP reach the outside with the router's address; only administrators change it. */
  enableSnat: z.boolean().optional(),
  /** Addresses on the external network; administrators only. */
  fixedIps: z
    .array(z.object({ subnetId: idField.optional(), ipAddress: z.string().trim().max(64).optional() }))
    .min(1, 'Leave the addresses out to get a free one.')
    .max(5, 'A gateway has at most 5 addresses.')
    .optional(),
})
/** A checked wish for a gateway. */
export type GatewayWish = z.output<typeof gatewayField>

type Gatewayed = Pick<
  Router,
  'id' | 'projectId' | 'name' | 'externalNetworkId' | 'gatewayPortId' | 'enableSnat'
>

/** What of a router's row its gateway changes. */
export interface GatewayColumns {
  externalNetworkId: string | null
  gatewayPortId: string | null
  enableSnat: boolean
}

/**
 * Gives a router its way out: a port with an address on an external network. The router's row must be locked or new.
 * @param connected what it is on already
 * @throws NephosError not_found, invalid_input, forbidden for choices of administrators, conflict when floating IPs need
 * the gateway that it has or no address is free
 */
export async function setGateway(
  ctx: Ctx,
  tx: MutationTx,
  router: Gatewayed,
  wish: GatewayWish,
  connected: readonly ConnectedSubnet[],
): Promise<GatewayColumns> {
  const stays = router.externalNetworkId === wish.networkId && router.gatewayPortId !== null
  refuseChoicesOfAdministrators(ctx, wish, stays ? router.enableSnat : true)
  const enableSnat = wish.enableSnat ?? (stays ? router.enableSnat : true)
  if (stays && !wish.fixedIps)
    return { externalNetworkId: wish.networkId, gatewayPortId: router.gatewayPortId, enableSnat }
  const network = await findNetwork(ctx, tx.db, wish.networkId)
  requireNotDeleting(network)
  if (!network.external)
    throw invalid(
      'gateway.networkId',
      `The network ${network.name} is not an external network.`,
      'Choose an external network; an administrator makes them.',
    )
  const subnets = await tx.db.subnet.findMany({
    where: { networkId: network.id },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  if (subnets.length === 0)
    throw invalid(
      'gateway.networkId',
      `The external network ${network.name} has no subnet, so it has no addresses.`,
      'Ask an administrator to add a subnet to it.',
    )
  if (router.gatewayPortId && !stays) await refuseFloatingIps(tx, router)
  if (router.gatewayPortId) await removeGatewayPort(tx, router)
  const id = newId()
  const macAddress = await insertPort(tx.db, {
    id,
    networkId: network.id,
    projectId: router.projectId,
    deviceOwner: routerGatewayOwner,
    deviceId: router.id,
    portSecurity: false,
  })
  const own = { id, networkId: network.id, macAddress }
  await takeWishes(tx.db, own, planFixedIps(wish.fixedIps, subnets), subnets)
  const port = await tx.db.port.findUniqueOrThrow({ where: { id }, include: portParts })
  const inside = connected.filter(({ external }) => !external)
  for (const { subnetId } of port.allocations)
    refuseOverlap(inside, subnets.find((subnet) => subnet.id === subnetId)!, 'gateway.networkId')
  announcePort(tx, 'created', port, portRow(port))
  await announceNetwork(tx, network.id, 'updated')
  return { externalNetworkId: network.id, gatewayPortId: id, enableSnat }
}

/**
 * Takes the way out away. The router's row must be locked.
 * @throws NephosError conflict naming the floating IPs that need it
 */
export async function clearGateway(tx: MutationTx, router: Gatewayed): Promise<GatewayColumns> {
  if (router.gatewayPortId) {
    await refuseFloatingIps(tx, router)
    await removeGatewayPort(tx, router)
    if (router.externalNetworkId) await announceNetwork(tx, router.externalNetworkId, 'updated')
  }
  return { externalNetworkId: null, gatewayPortId: null, enableSnat: true }
}

async function removeGatewayPort(tx: MutationTx, router: Gatewayed): Promise<void> {
  const port = { id: router.gatewayPortId!, projectId: router.projectId, deviceOwner: routerGatewayOwner }
  await tx.db.router.updateMany({ where: { id: router.id }, data: { gatewayPortId: null } })
  await tx.db.port.deleteMany({ where: { id: port.id } })
  announcePort(tx, 'deleted', port, null)
}

const named = 10

async function refuseFloatingIps(tx: MutationTx, router: Gatewayed): Promise<void> {
  const found = await tx.db.floatingIp.findMany({
    where: { routerId: router.id },
    select: { address: true },
    orderBy: { address: 'asc' },
    take: named + 1,
  })
  if (found.length === 0) return
  const addresses = found.slice(0, named).map(({ address }) => address)
  const more = found.length > named ? ' and others' : ''
  throw conflict(
    `The gateway of the router leads floating IPs to instances: ${addresses.join(', ')}${more}.`,
    {
      remedy: 'Disassociate them first.',
      detail: { reason: 'gateway_used_by_floating_ip', routerId: router.id, addresses },
    },
  )
}

function refuseChoicesOfAdministrators(ctx: Ctx, wish: GatewayWish, snatNow: boolean): void {
  if (isAdmin(ctx.actor)) return
  const field =
    wish.enableSnat !== undefined && wish.enableSnat !== snatNow
      ? 'gateway.enableSnat'
      : wish.fixedIps
        ? 'gateway.fixedIps'
        : undefined
  if (field)
    throw new NephosError(
      'forbidden',
      field === 'gateway.enableSnat'
        ? 'Only an administrator can switch SNAT on or off.'
        : 'Only an administrator can choose the address of a gateway.',
      { field, remedy: 'Leave it out.' },
    )
}
