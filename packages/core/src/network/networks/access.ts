import type { Db, Network, Prisma, Tx } from '@nephos/db'
import { type Ctx, conflict, isAdmin, NephosError, notFound, requireProject } from '../../kernel/index.ts'
import { isUsable, type SharedNetwork, seenBy, withShares } from './shares.ts'

/** The networks an actor sees: those of the project or given to it, and all of them for an administrator. */
export const visibleNetworks = (ctx: Ctx): Prisma.NetworkWhereInput =>
  isAdmin(ctx.actor) ? {} : listedNetworks(ctx)

/** The networks that lists of one project hold. */
export const listedNetworks = (ctx: Ctx): Prisma.NetworkWhereInput => seenBy(requireProject(ctx).id)

/**
 * Refuses ports on an external network that is neither the project's nor shared: floating IPs and routers use it.
 * @throws NephosError forbidden
 */
export function requirePortsAllowed(ctx: Ctx, network: SharedNetwork): void {
  if (isAdmin(ctx.actor) || isUsable(network, requireProject(ctx).id)) return
  throw new NephosError('forbidden', `Ports cannot be made on the external network ${network.name}.`, {
    remedy: 'Use a network of the project, and a router or a floating IP to reach the outside.',
  })
}

/** Refuses a network that the actor sees but does not own. @throws NephosError forbidden */
export function requireOwnNetwork(ctx: Ctx, network: Pick<Network, 'projectId' | 'name'>): void {
  if (isAdmin(ctx.actor) || requireProject(ctx).id === network.projectId) return
  throw new NephosError('forbidden', `The network ${network.name} belongs to another project.`, {
    remedy: 'It can be used, but only its owner can change it.',
  })
}

/**
 * Locks the row of a network for a change of what belongs to it, until the transaction ends: two subnets made at
 * once cannot overlap. Call it before any read.
 * @throws NephosError not_found, forbidden, or conflict while the network is being deleted
 */
export async function lockNetwork(ctx: Ctx, db: Tx, networkId: string): Promise<SharedNetwork> {
  await db.network.updateMany({
    where: {
      id: networkId,
      deleting: false,
      ...(!isAdmin(ctx.actor) && { projectId: requireProject(ctx).id }),
    },
    data: { generation: { increment: 1 } },
  })
  const network = await findNetwork(ctx, db, networkId)
  requireOwnNetwork(ctx, network)
  requireNotDeleting(network)
  return network
}

/** A network that the actor sees. @throws NephosError not_found */
export async function findNetwork(ctx: Ctx, db: Db | Tx, networkId: string): Promise<SharedNetwork> {
  const network = await db.network.findFirst({
    where: { AND: [{ id: networkId }, visibleNetworks(ctx)] },
    include: withShares,
  })
  if (!network) throw notFound('network', networkId)
  return network
}

/** @throws NephosError conflict while the network is being deleted */
export function requireNotDeleting(network: Pick<Network, 'deleting' | 'name'>): void {
  if (network.deleting) throw conflict(`The network ${network.name} is being deleted.`)
}
