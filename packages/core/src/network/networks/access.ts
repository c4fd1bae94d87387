import type { Db, Network, Prisma, Tx } from '@nephos/db'
import { type Ctx, conflict, isAdmin, NephosError, notFound, requireProject } from '../../kernel/index.ts'

/** The networks an actor sees: those of the project, shared ones, and all of them for an administrator. */
export const visibleNetworks = (ctx: Ctx): Prisma.NetworkWhereInput =>
  isAdmin(ctx.actor) ? {} : { OR: [{ projectId: requireProject(ctx).id }, { shared: true }] }

/** Refuses a network that the actor sees but does not own. @throws NephosError forbidden */
export function requireOwnNetwork(ctx: Ctx, network: Pick<Network, 'projectId' | 'name'>): void {
  if (isAdmin(ctx.actor) || requireProject(ctx).id === network.projectId) return
  throw new NephosError('forbidden', `The network ${network.name} belongs to another project.`, {
    remedy: 'A shared network can be used, but only its owner can change it.',
  })
}

/**
 * Locks the row of a network for a change of what belongs to it, until the transaction ends: two subnets made at
 * once cannot overlap. Call it before any read.
 * @throws NephosError not_found, forbidden, or conflict while the network is being deleted
 */
export async function lockNetwork(ctx: Ctx, db: Tx, networkId: string): Promise<Network> {
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
export async function findNetwork(ctx: Ctx, db: Db | Tx, networkId: string): Promise<Network> {
  const network = await db.network.findFirst({ where: { AND: [{ id: networkId }, visibleNetworks(ctx)] } })
  if (!network) throw notFound('network', networkId)
  return network
}

/** @throws NephosError conflict while the network is being deleted */
export function requireNotDeleting(network: Pick<Network, 'deleting' | 'name'>): void {
  if (network.deleting) throw conflict(`The network ${network.name} is being deleted.`)
}
