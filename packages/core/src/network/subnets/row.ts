import type { Prisma, Subnet } from '@nephos/db'
import { type IpVersion, parseIp, parseIpRange } from '../addresses/ip.ts'
import { tagsOf, withTags } from '../tags/input.ts'
import type { Ipv6Mode } from './kinds.ts'
import type { HostRoute, Pool } from './plan.ts'

/** A subnet as people and programs see it, with how many addresses of its pools there are and how many are taken. */
export interface SubnetRow {
  id: string
  networkId: string
  name: string
  ipVersion: IpVersion
  cidr: string
  gatewayIp: string | null
  enableDhcp: boolean
  /** Of IPv6, how routers announce it; null: nobody of the cloud does. */
  ipv6RaMode: Ipv6Mode | null
  /** Of IPv6, how guests get their address. */
  ipv6AddressMode: Ipv6Mode | null
  dnsServers: string[]
  pools: Pool[]
  hostRoutes: HostRoute[]
  /** Addresses taken, the one of DHCP included. */
  used: number
  /** Addresses of all pools; those of IPv6 are more than a number holds exactly. */
  total: number
  tags: string[]
  createdAt: Date
  updatedAt: Date
}

/** What to read with a subnet to make its row: the number of addresses comes in the same query. */
export const withUse = {
  _count: { select: { allocations: true } },
  ...withTags,
} as const satisfies Prisma.SubnetInclude

/** A subnet read {@link withUse}. */
export type SubnetWithUse = Subnet & { _count: { allocations: number }; tags: { tag: string }[] }

/** How many addresses the pools of a subnet hold. */
export const poolSize = (subnet: Pick<Subnet, 'pools'>): number =>
  (subnet.pools as unknown as Pool[]).reduce(
    (sum, { start, end }) => sum + Number(parseIp(end)!.number - parseIp(start)!.number + 1n),
    0,
  )

/** The row of a subnet. */
export const subnetRow = ({ _count, ...subnet }: SubnetWithUse): SubnetRow => ({
  id: subnet.id,
  networkId: subnet.networkId,
  name: subnet.name,
  ipVersion: subnet.ipVersion as IpVersion,
  cidr: subnet.cidr,
  gatewayIp: subnet.gatewayIp,
  enableDhcp: subnet.enableDhcp,
  ipv6RaMode: subnet.ipv6RaMode as Ipv6Mode | null,
  ipv6AddressMode: subnet.ipv6AddressMode as Ipv6Mode | null,
  dnsServers: subnet.dnsServers as string[],
  pools: subnet.pools as unknown as Pool[],
  hostRoutes: subnet.hostRoutes as unknown as HostRoute[],
  used: _count.allocations,
  total: poolSize(subnet),
  tags: tagsOf(subnet),
  createdAt: subnet.createdAt,
  updatedAt: subnet.updatedAt,
})

/** The whole range of a stored subnet as numbers. */
export const subnetRange = (subnet: Pick<Subnet, 'cidr'>) => parseIpRange(subnet.cidr)!
