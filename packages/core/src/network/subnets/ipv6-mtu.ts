import type { Tx } from '@nephos/db'
import { invalid } from '../../kernel/index.ts'

/** IPv6 goes over nothing that carries less (RFC 8200). */
const smallestMtu = 1_280

/** Refuses a subnet of IPv6 where its packets would not pass. @throws NephosError invalid_input */
export function requireIpv6Mtu(subnet: { ipVersion: number }, mtu: number, field: string): void {
  if (subnet.ipVersion === 6 && mtu < smallestMtu)
    throw invalid(
      field,
      `IPv6 needs packets of ${smallestMtu} bytes, and the MTU of the network is ${mtu}.`,
      'Raise the MTU, or use IPv4.',
    )
}

/** Refuses an MTU that the subnets of a network do not work with. @throws NephosError invalid_input */
export async function requireMtuForSubnets(db: Tx, networkId: string, mtu: number): Promise<void> {
  if (mtu >= smallestMtu) return
  const subnet = await db.subnet.findFirst({ where: { networkId, ipVersion: 6 } })
  if (subnet)
    throw invalid(
      'mtu',
      `The subnet ${subnet.cidr} needs packets of ${smallestMtu} bytes.`,
      'Choose a larger MTU, or delete the subnet.',
    )
}
