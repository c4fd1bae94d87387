import type { Network, Prisma } from '@nephos/db'
import type { Audience } from '@nephos/jobs'
import { type Ctx, isAdmin, type MutationTx } from '../../kernel/index.ts'
import { dhcpOwner } from '../ports/owners.ts'
import { type SubnetRow, type SubnetWithUse, subnetRow, withUse } from '../subnets/row.ts'

/** A network as lists show it. */
export interface NetworkRow {
  id: string
  projectId: string
  name: string
  description: string
  /** ACTIVE, DOWN (switched off by its owner) or DELETING. */
  status: string
  adminStateUp: boolean
  /** Other projects may attach instances. */
  shared: boolean
  mtu: number
  /** Number on the overlay; null for whoever is not an administrator. */
  segmentId: number | null
  subnets: SubnetRow[]
  /** Ports, without the one of DHCP. */
  portCount: number
  createdAt: Date
  updatedAt: Date
}

/** What to read with a network to make its row. */
export const networkParts = {
  subnets: { include: withUse, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  _count: { select: { ports: { where: { deviceOwner: { not: dhcpOwner } } } } },
} as const satisfies Prisma.NetworkInclude

/** A network read with {@link networkParts}. */
export type NetworkWithParts = Network & { subnets: SubnetWithUse[]; _count: { ports: number } }

/** The row of a network, for the actor of `ctx`; without one it holds nothing that only administrators may see. */
export const networkRow = (network: NetworkWithParts, ctx?: Ctx): NetworkRow => ({
  id: network.id,
  projectId: network.projectId,
  name: network.name,
  description: network.description,
  status: network.deleting ? 'DELETING' : network.adminStateUp ? network.status : 'DOWN',
  adminStateUp: network.adminStateUp,
  shared: network.shared,
  mtu: network.mtu,
  segmentId: ctx && isAdmin(ctx.actor) ? network.segmentId : null,
  subnets: network.subnets.map(subnetRow),
  portCount: network._count.ports,
  createdAt: network.createdAt,
  updatedAt: network.updatedAt,
})

/** Who may see changes of the network. */
export const networkAudience = (network: Pick<Network, 'shared' | 'projectId'>): Audience =>
  network.shared ? { kind: 'everyone' } : { kind: 'project', projectId: network.projectId }

/** Announces the network's row after a change of it or of its subnets. */
export async function announceNetwork(
  tx: MutationTx,
  networkId: string,
  change: 'created' | 'updated',
): Promise<NetworkWithParts> {
  const network = await tx.db.network.findUniqueOrThrow({ where: { id: networkId }, include: networkParts })
  tx.event({
    noun: 'network',
    change,
    id: network.id,
    audience: networkAudience(network),
    data: networkRow(network),
  })
  return network
}
