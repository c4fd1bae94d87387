import type { Subnet, Tx } from '@nephos/db'
import { z } from 'zod'
import { displayName } from '../../compute/names.ts'
import {
  type Ctx,
  conflict,
  defineVerb,
  invalid,
  type MutationTx,
  mutate,
  notFound,
  reader,
} from '../../kernel/index.ts'
import { type Ip, parseIp } from '../addresses/ip.ts'
import { lockNetwork, visibleNetworks } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { announceNetwork } from '../networks/row.ts'
import { networkAudience } from '../networks/shares.ts'
import { ensureDhcpAddress, releaseDhcpAddress } from '../ports/dhcp-port.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import { announceRouter } from '../routers/row.ts'
import { subnetFields } from './input.ts'
import type { Ipv6Mode } from './kinds.ts'
import { type HostRoute, type Pool, planSubnet, type SubnetPlan } from './plan.ts'
import { type SubnetRow, subnetRow } from './row.ts'

/**
 * Changes a subnet; its range and its IPv6 modes stay. What is left out stays as it is; `gatewayIp: null` takes the gateway away. Guests
 * learn of it when they ask DHCP again.
 * @throws NephosError not_found, forbidden, invalid_input naming the field, conflict when a router has the gateway's
 * address or something else has the new one
 */
export const updateSubnet = defineVerb({
  name: 'network.subnets.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    name: z.union([z.literal(''), displayName]).optional(),
    gatewayIp: subnetFields.gatewayIp,
    enableDhcp: z.boolean().optional(),
    dnsServers: subnetFields.dnsServers.removeDefault().optional(),
    pools: subnetFields.pools,
    hostRoutes: subnetFields.hostRoutes.removeDefault().optional(),
  }),
  run: async ({ ctx, input: { id, ...changes } }): Promise<SubnetRow> => {
    const found = await reader(ctx).subnet.findFirst({
      where: { id, network: visibleNetworks(ctx) },
      select: { networkId: true },
    })
    if (!found) throw notFound('subnet', id)
    return mutate(ctx, async (tx) => {
      const network = await lockNetwork(ctx, tx.db, found.networkId)
      const before = await tx.db.subnet.findUnique({ where: { id } })
      if (!before) throw notFound('subnet', id)
      const plan = planChange(before, changes)
      const movesGateway = plan.gatewayIp !== before.gatewayIp
      if (movesGateway) await refuseGateway(tx.db, before, plan.gatewayIp)
      const after = await tx.db.subnet.update({
        where: { id },
        data: {
          name: changes.name,
          gatewayIp: plan.gatewayIp,
          enableDhcp: plan.enableDhcp,
          pools: plan.pools.map((pool) => ({ ...pool })),
          dnsServers: plan.dnsServers,
          hostRoutes: plan.hostRoutes.map((route) => ({ ...route })),
        },
      })
      if (plan.enableDhcp && !before.enableDhcp) await ensureDhcpAddress(tx.db, after)
      if (!plan.enableDhcp && before.enableDhcp) await releaseDhcpAddress(tx.db, after)
      if (movesGateway && network.external) await touchGateways(ctx, tx, network.id)
      tx.audit({
        verb: 'network.subnets.update',
        resourceType: 'subnet',
        resourceId: id,
        resourceName: after.name || after.cidr,
        projectId: network.projectId,
        detail: JSON.parse(JSON.stringify({ networkId: network.id, ...changes })),
      })
      const changed = await announceNetwork(tx, network.id, 'updated')
      const row = subnetRow(changed.subnets.find((subnet) => subnet.id === id)!)
      tx.event({ noun: 'subnet', change: 'updated', id, audience: networkAudience(network), data: row })
      return row
    })
  },
})

interface Changes {
  name?: string
  gatewayIp?: string | null
  enableDhcp?: boolean
  dnsServers?: string[]
  pools?: Pool[]
  hostRoutes?: HostRoute[]
}

/** The subnet as it is to be, with what was left out as it was. */
function planChange(before: Subnet, changes: Changes): SubnetPlan {
  const pools = before.pools as unknown as Pool[]
  const gateway = changes.gatewayIp ? parseIp(changes.gatewayIp) : null
  if (!changes.pools && gateway && poolHolding(pools, gateway))
    throw invalid(
      'gatewayIp',
      `The gateway ${changes.gatewayIp} is inside the pools, from which ports get their addresses.`,
      'Change the pools, too, so that they leave it out.',
    )
  return planSubnet(
    {
      name: changes.name ?? before.name,
      cidr: before.cidr,
      gatewayIp: changes.gatewayIp === undefined ? before.gatewayIp : changes.gatewayIp,
      enableDhcp: changes.enableDhcp ?? before.enableDhcp,
      ipv6RaMode: before.ipv6RaMode as Ipv6Mode | null,
      ipv6AddressMode: before.ipv6AddressMode as Ipv6Mode | null,
      dnsServers: changes.dnsServers ?? (before.dnsServers as string[]),
      pools: changes.pools ?? pools,
      hostRoutes: changes.hostRoutes ?? (before.hostRoutes as unknown as HostRoute[]),
    },
    [],
  )
}

const poolHolding = (pools: readonly Pool[], { number }: Ip): Pool | undefined =>
  pools.find(({ start, end }) => parseIp(start)!.number <= number && number <= parseIp(end)!.number)

/** A gateway that a router has stays; an address of something that is no router cannot become one. */
async function refuseGateway(db: Tx, subnet: Subnet, next: string | null): Promise<void> {
  const holders = await db.addressAllocation.findMany({
    where: {
      subnetId: subnet.id,
      ipAddress: { in: [subnet.gatewayIp, next].filter((address) => address !== null) },
    },
    select: { ipAddress: true, portId: true, port: { select: { deviceOwner: true, deviceId: true } } },
  })
  const held = holders.find(({ ipAddress }) => ipAddress === subnet.gatewayIp)
  if (held)
    throw conflict(`A router has the gateway's address ${held.ipAddress}.`, {
      field: 'gatewayIp',
      remedy: 'Take the router from the subnet first.',
      detail: { reason: 'gateway_in_use', portId: held.portId, deviceId: held.port.deviceId },
    })
  const other = holders.find(({ port }) => port.deviceOwner !== routerInterfaceOwner)
  if (other)
    throw conflict(`A port has the address ${other.ipAddress} already.`, {
      field: 'gatewayIp',
      remedy: 'Choose another address.',
      detail: { reason: 'address_in_use', portId: other.portId },
    })
}

/** Routers that go out by this subnet's gateway learn the new one. */
async function touchGateways(ctx: Ctx, tx: MutationTx, networkId: string): Promise<void> {
  const routers = await tx.db.router.findMany({
    where: { externalNetworkId: networkId },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  await tx.db.router.updateMany({
    where: { externalNetworkId: networkId },
    data: { generation: { increment: 1 } },
  })
  for (const { id } of routers) await announceRouter(ctx, tx, id, 'updated')
}
