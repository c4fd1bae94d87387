import type { Db, FloatingIp, Subnet, Tx } from '@nephos/db'
import { type Ctx, conflict, invalid, isAdmin, NephosError, notFound } from '../../kernel/index.ts'
import { routerInterfaceOwner, serviceOwners } from '../ports/owners.ts'

/** An address inside that something outside is to lead to. */
export interface Target {
  portId: string
  instanceId: string | null
  ipAddress: string
  subnet: Subnet
}

/** What a floating IP or one of its ports is to lead to. */
export interface TargetWish {
  portId: string
  /** One of the port's addresses; may be left out when it has only one. */
  ipAddress?: string
}

/** How the fields of the wish are named in the caller's input. */
export interface TargetFields {
  portId: string
  ipAddress: string
}

/** What of a floating IP never changes. */
type Origin = Pick<FloatingIp, 'projectId' | 'networkId'>

/**
 * Locks a port that something is to lead to, until the transaction ends. Call it before the floating IP is locked.
 * @param floatingIp its project may use only ports of its own, unless an administrator asks
 * @throws NephosError not_found for the port, invalid_input when it is not clear or not possible
 */
export async function lockTarget(
  ctx: Ctx,
  db: Tx,
  floatingIp: Origin,
  wish: TargetWish,
  fields: TargetFields,
): Promise<Target> {
  const own = isAdmin(ctx.actor) ? {} : { projectId: floatingIp.projectId }
  const { count } = await db.port.updateMany({
    where: { id: wish.portId, ...own, deviceOwner: { notIn: [...serviceOwners] } },
    data: { generation: { increment: 1 } },
  })
  if (count === 0) throw await whyNoPort(db, wish.portId, own, fields.portId)
  const port = await db.port.findUniqueOrThrow({
    where: { id: wish.portId },
    include: { allocations: { include: { subnet: true }, orderBy: { createdAt: 'asc' } } },
  })
  const allocations = port.allocations.filter(({ subnet }) => subnet.ipVersion === 4)
  const addresses = allocations.map(({ ipAddress }) => ipAddress)
  const chosen = wish.ipAddress ?? (addresses.length === 1 ? addresses[0] : undefined)
  if (addresses.length === 0)
    throw invalid(fields.portId, 'The port has no IPv4 address.', 'Give it one first.')
  if (chosen === undefined)
    throw invalid(
      fields.ipAddress,
      `The port has several IPv4 addresses: ${addresses.join(', ')}.`,
      'Name the one that is meant.',
    )
  const allocation = allocations.find(({ ipAddress }) => ipAddress === chosen)
  if (!allocation)
    throw invalid(
      fields.ipAddress,
      `The port does not have the IPv4 address ${chosen}.`,
      `Use ${addresses.join(' or ')}.`,
    )
  return { portId: port.id, instanceId: port.instanceId, ipAddress: chosen, subnet: allocation.subnet }
}

/**
 * Finds the router that can lead from an external network to an address: one that is on its subnet and has its gateway
 * on that network. It is locked until the transaction ends, and its host will apply the change.
 * @param before the router that led until now: its host has to let go
 * @throws NephosError not_found when there is none, conflict when the routers were changed at this moment
 */
export async function lockLeadingRouter(
  db: Tx,
  { networkId }: Origin,
  { subnet, portId }: Target,
  field: string,
  before: string | null = null,
): Promise<string> {
  const routerId = await leadingRouter(db, subnet, networkId)
  if (!routerId) throw await noWayOut(db, networkId, subnet, portId, field)
  await touchRouters(db, [routerId, before])
  // The router may have lost its gateway or interface until its row was locked.
  if ((await leadingRouter(db, subnet, networkId)) !== routerId)
    throw conflict('The routers of this subnet were changed at the same moment.', { remedy: 'Try again.' })
  return routerId
}

/** Has the hosts of these routers apply what changed. */
export async function touchRouters(db: Tx, ids: readonly (string | null)[]): Promise<void> {
  const known = [...new Set(ids)].filter((id) => id !== null)
  if (known.length === 0) return
  await db.router.updateMany({ where: { id: { in: known } }, data: { generation: { increment: 1 } } })
}

async function noWayOut(db: Tx, externalNetworkId: string, subnet: Subnet, portId: string, field: string) {
  const external = await db.network.findUnique({ where: { id: externalNetworkId }, select: { name: true } })
  const name = external?.name ?? externalNetworkId
  return new NephosError(
    'not_found',
    `No router leads from the subnet ${subnet.cidr} to the external network ${name}.`,
    {
      field,
      remedy: `Add an interface on this subnet to a router that has its gateway on ${name}.`,
      detail: {
        reason: 'external_gateway_not_found',
        subnetId: subnet.id,
        networkId: subnet.networkId,
        externalNetworkId,
        portId,
      },
    },
  )
}

async function whyNoPort(db: Tx, id: string, own: { projectId?: string }, field: string) {
  const port = await db.port.findFirst({ where: { id, ...own }, select: { id: true } })
  if (!port) return notFound('port', id)
  return invalid(field, 'This port belongs to a router or to a service of the network.', 'Choose another.')
}

/** The router that leads from a subnet to an external network: the subnet's own gateway, if it is one of several. */
async function leadingRouter(
  db: Db | Tx,
  subnet: { id: string; gatewayIp: string | null },
  externalNetworkId: string,
): Promise<string | undefined> {
  const interfaces = await db.port.findMany({
    where: { deviceOwner: routerInterfaceOwner, allocations: { some: { subnetId: subnet.id } } },
    select: {
      deviceId: true,
      allocations: { where: { subnetId: subnet.id }, select: { ipAddress: true } },
    },
  })
  if (interfaces.length === 0) return undefined
  const routers = await db.router.findMany({
    where: { id: { in: interfaces.map(({ deviceId }) => deviceId) }, externalNetworkId },
    select: { id: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const ids = routers.map(({ id }) => id)
  const gateway = interfaces.find(
    ({ deviceId, allocations }) =>
      ids.includes(deviceId) && allocations.some(({ ipAddress }) => ipAddress === subnet.gatewayIp),
  )
  return gateway?.deviceId ?? ids[0]
}
