import type { Db, Network, Port, Prisma, Router, Tx } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx } from '../../kernel/index.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import type { HostRoute } from '../subnets/plan.ts'
import { tagsOf, withTags } from '../tags/input.ts'

/** An address of a router on one of its subnets. */
export interface RouterAddress {
  subnetId: string
  /** Range of the subnet. */
  cidr: string
  ipAddress: string
}

/** A port of a router on a network that it joins. */
export interface RouterInterface {
  portId: string
  networkId: string
  networkName: string
  macAddress: string
  /** ACTIVE when the router's host has it. */
  status: string
  fixedIps: RouterAddress[]
}

/** How a router reaches an external network. */
export interface RouterGateway {
  networkId: string
  networkName: string
  portId: string
  /** Instances without a floating IP reach the outside with the router's address. */
  enableSnat: boolean
  fixedIps: RouterAddress[]
}

/** A router as lists show it. */
export interface RouterRow {
  id: string
  projectId: string
  name: string
  description: string
  adminStateUp: boolean
  /** ALLOCATING (no host yet), ACTIVE, DOWN (switched off) or ERROR: what the host that does its work says. */
  status: string
  /** Why it is not ACTIVE, as a sentence; may be empty. */
  statusReason: string
  gateway: RouterGateway | null
  interfaces: RouterInterface[]
  routes: HostRoute[]
  tags: string[]
  /** Host that does its work; null for whoever is not an administrator. */
  hostName: string | null
  createdAt: Date
  updatedAt: Date
}

const addresses = {
  select: { subnetId: true, ipAddress: true, subnet: { select: { cidr: true } } },
  orderBy: { createdAt: 'asc' },
} as const satisfies Prisma.Port$allocationsArgs

/** What to read with a router to make its row, beside its interfaces. */
export const routerParts = {
  externalNetwork: { select: { name: true } },
  gatewayPort: { select: { allocations: addresses } },
  ...withTags,
} as const satisfies Prisma.RouterInclude

type Allocations = { subnetId: string; ipAddress: string; subnet: { cidr: string } }[]
type RouterWithParts = Router & {
  externalNetwork: Pick<Network, 'name'> | null
  gatewayPort: { allocations: Allocations } | null
  tags: { tag: string }[]
}

/**
 * The rows of routers read with {@link routerParts}; the interfaces of all of them come in one query. Without `ctx` they
 * hold nothing that only administrators may see.
 */
export async function routerRows(
  db: Db | Tx,
  routers: readonly RouterWithParts[],
  ctx?: Ctx,
): Promise<RouterRow[]> {
  if (routers.length === 0) return []
  const ports = await db.port.findMany({
    where: { deviceOwner: routerInterfaceOwner, deviceId: { in: routers.map(({ id }) => id) } },
    select: {
      id: true,
      deviceId: true,
      networkId: true,
      macAddress: true,
      status: true,
      network: { select: { name: true } },
      allocations: addresses,
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const admin = ctx !== undefined && isAdmin(ctx.actor)
  return routers.map((router) => ({
    id: router.id,
    projectId: router.projectId,
    name: router.name,
    description: router.description,
    adminStateUp: router.adminStateUp,
    status: router.status,
    statusReason: router.statusReason,
    gateway: gatewayOf(router),
    interfaces: ports.filter(({ deviceId }) => deviceId === router.id).map(interfaceOf),
    routes: router.routes as unknown as HostRoute[],
    tags: tagsOf(router),
    hostName: admin ? router.hostName : null,
    createdAt: router.createdAt,
    updatedAt: router.updatedAt,
  }))
}

const gatewayOf = (router: RouterWithParts): RouterGateway | null =>
  router.externalNetworkId && router.gatewayPortId
    ? {
        networkId: router.externalNetworkId,
        networkName: router.externalNetwork?.name ?? '',
        portId: router.gatewayPortId,
        enableSnat: router.enableSnat,
        fixedIps: (router.gatewayPort?.allocations ?? []).map(addressOf),
      }
    : null

type InterfacePort = Pick<Port, 'id' | 'networkId' | 'macAddress' | 'status'> & {
  network: Pick<Network, 'name'>
  allocations: Allocations
}
const interfaceOf = (port: InterfacePort): RouterInterface => ({
  portId: port.id,
  networkId: port.networkId,
  networkName: port.network.name,
  macAddress: port.macAddress,
  status: port.status,
  fixedIps: port.allocations.map(addressOf),
})

const addressOf = ({ subnetId, ipAddress, subnet }: Allocations[number]): RouterAddress => ({
  subnetId,
  cidr: subnet.cidr,
  ipAddress,
})

/** The row of one router as events carry it, or null when it is gone: for whoever changes its status. */
export async function readRouterRow(db: Db | Tx, id: string, ctx?: Ctx): Promise<RouterRow | null> {
  const router = await db.router.findUnique({ where: { id }, include: routerParts })
  return router ? ((await routerRows(db, [router], ctx))[0] ?? null) : null
}

/**
 * Announces a router as it is now.
 * @returns its row for the actor of `ctx`
 */
export async function announceRouter(
  ctx: Ctx,
  tx: MutationTx,
  id: string,
  change: 'created' | 'updated',
): Promise<RouterRow> {
  const row = (await readRouterRow(tx.db, id, ctx))!
  const audience = { kind: 'project', projectId: row.projectId } as const
  tx.event({ noun: 'router', change, id, audience, data: { ...row, hostName: null } })
  return row
}
