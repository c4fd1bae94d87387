import type { Subnet } from '@nephos/db'

/** How guests of an IPv6 subnet get their addresses, or who announces its routers. */
export const ipv6Modes = ['slaac', 'dhcpv6-stateful', 'dhcpv6-stateless'] as const
/** One of {@link ipv6Modes}. */
export type Ipv6Mode = (typeof ipv6Modes)[number]

type Modes = Pick<Subnet, 'ipVersion' | 'ipv6RaMode' | 'ipv6AddressMode'>

const formsOwn = (mode: string | null): boolean => mode === 'slaac' || mode === 'dhcpv6-stateless'

/**
 * True for a subnet whose guests make their address of their MAC (SLAAC, also with stateless DHCPv6): nobody chooses
 * it, and every port of the network has one.
 */
export const formsAddresses = ({ ipVersion, ipv6RaMode, ipv6AddressMode }: Modes): boolean =>
  ipVersion === 6 && (formsOwn(ipv6RaMode) || formsOwn(ipv6AddressMode))

/** True for a subnet on which the cloud answers guests: with DHCP or, in IPv6, also with router advertisements. */
export const isServed = (subnet: Modes & Pick<Subnet, 'enableDhcp'>): boolean =>
  subnet.enableDhcp &&
  (subnet.ipVersion === 4 || subnet.ipv6RaMode !== null || subnet.ipv6AddressMode !== null)
