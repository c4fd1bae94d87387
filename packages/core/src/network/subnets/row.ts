import type { Prisma, Subnet } from '@nephos/db'
import { parseCidr, sizeOf } from '../addresses/ipv4.ts'
import { type HostRoute, type Pool, poolRanges } from './plan.ts'

/** A subnet as people and programs see it, with how many addresses of its pools there are and how many are taken. */
export interface SubnetRow {
  id: string
  networkId: string
  name: string
  cidr: string
  gatewayIp: string | null
  enableDhcp: boolean
  dnsServers: string[]
  pools: Pool[]
  hostRoutes: HostRoute[]
  /** Addresses taken, the one of DHCP included. */
  used: number
  total: number
  createdAt: Date
  updatedAt: Date
}

/** What to read with a subnet to make its row: the number of addresses comes in the same query. */
export const withUse = { _count: { select: { allocations: true } } } as const satisfies Prisma.SubnetInclude

/** A subnet read {@link withUse}. */
export type SubnetWithUse = Subnet & { _count: { allocations: number } }

/** How many addresses the pools of a subnet hold. */
export const poolSize = (subnet: Pick<Subnet, 'pools'>): number =>
  sizeOf(poolRanges(subnet.pools as unknown as Pool[]))

/** The row of a subnet. */
export const subnetRow = ({ _count, ...subnet }: SubnetWithUse): SubnetRow => ({
  id: subnet.id,
  networkId: subnet.networkId,
  name: subnet.name,
  cidr: subnet.cidr,
  gatewayIp: subnet.gatewayIp,
  enableDhcp: subnet.enableDhcp,
  dnsServers: subnet.dnsServers as string[],
  pools: subnet.pools as unknown as Pool[],
  hostRoutes: subnet.hostRoutes as unknown as HostRoute[],
  used: _count.allocations,
  total: poolSize(subnet),
  createdAt: subnet.createdAt,
  updatedAt: subnet.updatedAt,
})

/** The whole range of a stored subnet as numbers. */
export const subnetRange = (subnet: Pick<Subnet, 'cidr'>) => parseCidr(subnet.cidr)!
