import type { SubnetRow } from './row.ts'

/** How guests get their addresses of IPv6. */
export type AddressWay = 'slaac' | 'dhcpv6-stateless' | 'dhcpv6-stateful' | 'none'

/** What can be chosen, in words. */
export const addressWays: readonly { value: AddressWay; label: string; note: string }[] = [
  {
    value: 'slaac',
    label: 'They make it themselves (SLAAC)',
    note: 'of the range that is announced and their MAC; works with every guest',
  },
  {
    value: 'dhcpv6-stateless',
    label: 'They make it themselves, and ask DHCPv6 for the rest',
    note: 'for guests that learn DNS servers by DHCPv6 only',
  },
  {
    value: 'dhcpv6-stateful',
    label: 'DHCPv6 gives it to them',
    note: 'out of the pools; addresses can be chosen. The guest needs a DHCPv6 client',
  },
  {
    value: 'none',
    label: 'By other means',
    note: 'nothing is announced; the guest is told by cloud-init or by hand',
  },
]

/** Guests make the address of their MAC: nobody chooses it, and the prefix is /64. */
export const formedByGuests = (way: AddressWay): boolean => way === 'slaac' || way === 'dhcpv6-stateless'

/** The fields of a new subnet that say it. */
export const wayInput = (way: AddressWay) =>
  way === 'none' ? { enableDhcp: false } : { ipv6RaMode: way, ipv6AddressMode: way }

type Modes = Pick<SubnetRow, 'ipVersion' | 'enableDhcp' | 'ipv6RaMode' | 'ipv6AddressMode'>

/** How guests of a subnet of IPv6 get their addresses. One of its two modes may be left to others. */
export const wayOf = ({ ipv6AddressMode, ipv6RaMode }: Modes): AddressWay =>
  ipv6AddressMode ?? ipv6RaMode ?? 'none'

/** How guests of a subnet get their addresses, in a word for a table. */
export function wayWord(subnet: Modes): string {
  if (subnet.ipVersion === 4) return subnet.enableDhcp ? 'DHCP' : 'by other means'
  return {
    slaac: 'SLAAC',
    'dhcpv6-stateless': 'SLAAC, stateless DHCPv6',
    'dhcpv6-stateful': 'DHCPv6',
    none: 'by other means',
  }[wayOf(subnet)]
}

/** Guests of the subnet make their address of their MAC. */
export const isFormed = (subnet: Modes): boolean => subnet.ipVersion === 6 && formedByGuests(wayOf(subnet))
