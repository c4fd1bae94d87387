import type { Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx } from '../../kernel/index.ts'
import { uncountedOwners } from '../ports/owners.ts'
import { type SubnetRow, type SubnetWithUse, subnetRow, withUse } from '../subnets/row.ts'
import { tagsOf, withTags } from '../tags/input.ts'
import {
  type NetworkShare,
  networkAudience,
  networkAudiences,
  type SharedNetwork,
  sharesTold,
  withShares,
} from './shares.ts'

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
  /** Routers may have their gateway on it, and floating IPs come from it. */
  external: boolean
  /** Every project sees it: it is shared with all of them, or external for all of them. */
  forEveryone: boolean
  /** Projects that it is given to (`*`: every one); its owner learns of all. Null where nothing is said of it. */
  sharedWith: NetworkShare[] | null
  /** Physical network that it reaches; null: none, and for whoever is not an administrator. */
  physicalNetwork: string | null
  /** VLAN of its frames there; null: untagged, and for whoever is not an administrator. */
  vlanId: number | null
  /** What new ports on it begin with. */
  portSecurity: boolean
  mtu: number
  /** Names on it end in it; empty: the domain of the cloud. */
  dnsDomain: string
  /** Limits of its ports that have no policy of their own; null: none. */
  qosPolicyId: string | null
  /** Number on the overlay; null for whoever is not an administrator. */
  segmentId: number | null
  subnets: SubnetRow[]
  tags: string[]
  /** Ports, without those of DHCP, gateways and floating IPs. */
  portCount: number
  createdAt: Date
  updatedAt: Date
}

/** What to read with a network to make its row. */
export const networkParts = {
  ...withShares,
  ...withTags,
  subnets: { include: withUse, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
  _count: { select: { ports: { where: { deviceOwner: { notIn: [...uncountedOwners] } } } } },
} as const satisfies Prisma.NetworkInclude

/** A network read with {@link networkParts}. */
export type NetworkWithParts = SharedNetwork & {
  tags: { tag: string }[]
  subnets: SubnetWithUse[]
  _count: { ports: number }
}

/** The row of a network, for the actor of `ctx`; without one it holds nothing that only administrators may see. */
export const networkRow = (network: NetworkWithParts, ctx?: Ctx): NetworkRow => ({
  id: network.id,
  projectId: network.projectId,
  name: network.name,
  description: network.description,
  status: network.deleting ? 'DELETING' : network.adminStateUp ? network.status : 'DOWN',
  adminStateUp: network.adminStateUp,
  shared: network.shared,
  external: network.external,
  forEveryone: networkAudience(network).kind === 'everyone',
  sharedWith: ctx ? sharesTold(network, ctx) : null,
  physicalNetwork: ctx && isAdmin(ctx.actor) ? network.physicalNetwork : null,
  vlanId: ctx && isAdmin(ctx.actor) ? network.vlanId : null,
  portSecurity: network.portSecurity,
  mtu: network.mtu,
  dnsDomain: network.dnsDomain,
  qosPolicyId: network.qosPolicyId,
  segmentId: ctx && isAdmin(ctx.actor) ? network.segmentId : null,
  subnets: network.subnets.map(subnetRow),
  tags: tagsOf(network),
  portCount: network._count.ports,
  createdAt: network.createdAt,
  updatedAt: network.updatedAt,
})

/** Announces the network's row after a change of it or of its subnets. */
export async function announceNetwork(
  tx: MutationTx,
  networkId: string,
  change: 'created' | 'updated',
): Promise<NetworkWithParts> {
  const network = await tx.db.network.findUniqueOrThrow({ where: { id: networkId }, include: networkParts })
  const row = networkRow(network)
  for (const audience of networkAudiences(network))
    tx.event({
      noun: 'network',
      change,
      id: network.id,
      audience,
      data: { ...row, sharedWith: sharesTold(network, audience) },
    })
  return network
}
