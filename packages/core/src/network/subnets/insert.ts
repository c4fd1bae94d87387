import { newId, type Subnet, type Tx } from '@nephos/db'
import { requireAbility } from '../abilities.ts'
import { ensureDhcpAddress } from '../ports/dhcp-port.ts'
import type { SubnetInput } from './input.ts'
import { requireIpv6Mtu } from './ipv6-mtu.ts'
import { planSubnet } from './plan.ts'

/**
 * Writes a checked subnet and its DHCP address. The network's row must be locked or made in this transaction.
 * @param path where the subnet is inside the caller's input, for the field in errors
 */
export async function insertSubnet(
  db: Tx,
  network: { id: string; projectId: string; mtu: number },
  input: SubnetInput,
  path = '',
): Promise<Subnet> {
  const siblings = await db.subnet.findMany({ where: { networkId: network.id }, select: { cidr: true } })
  const plan = planSubnet(
    input,
    siblings.map(({ cidr }) => cidr),
    path,
  )
  if (plan.ipVersion === 6) await requireAbility(db, 'noIpv6', 'No host can speak IPv6.', `${path}cidr`)
  requireIpv6Mtu(plan, network.mtu, `${path}cidr`)
  const subnet = await db.subnet.create({
    data: {
      id: newId(),
      networkId: network.id,
      projectId: network.projectId,
      name: input.name,
      ipVersion: plan.ipVersion,
      cidr: plan.cidr,
      gatewayIp: plan.gatewayIp,
      enableDhcp: plan.enableDhcp,
      ipv6RaMode: plan.ipv6RaMode,
      ipv6AddressMode: plan.ipv6AddressMode,
      pools: plan.pools.map((pool) => ({ ...pool })),
      dnsServers: plan.dnsServers,
      hostRoutes: plan.hostRoutes.map((route) => ({ ...route })),
    },
  })
  await ensureDhcpAddress(db, subnet)
  return subnet
}
