import { holds, parseIp, parseIpRange, versionOf } from '@nephos/core/ip'
import type { LeaseSpec, NetworkSpec, SubnetSpec } from '../../../driver.ts'
import { kernelHasIpv6 } from './kernel.ts'

/** What a network needs to know to speak IPv6. */
type Network = Pick<NetworkSpec, 'subnets' | 'mtu'>

/** Frames must hold that much, or there is no IPv6 (RFC 8200). */
const smallestMtu = 1_280

/** Link-local address of the metadata service, as every cloud has it. */
export const metadataAddress6 = 'fe80::a9fe:a9fe'

/** True for a subnet of IPv6. */
export const isIpv6 = ({ cidr }: Pick<SubnetSpec, 'cidr'>): boolean => versionOf(cidr) === 6

/** True when guests of a network have IPv6 besides what is link-local. */
export const speaksIpv6 = ({ subnets, mtu }: Network): boolean =>
  kernelHasIpv6() && mtu >= smallestMtu && subnets.some(isIpv6)

/** A subnet of IPv6 on which we announce something or give addresses. */
export interface ServedSubnet6 extends SubnetSpec {
  dhcpIp: string
  tag: string
  prefix: number
}

/** The subnets of IPv6 that are announced or served: tag, first address and length come with them. */
export const servedSubnets6 = (network: Network): ServedSubnet6[] =>
  speaksIpv6(network)
    ? network.subnets
        .filter(isIpv6)
        .filter(({ enableDhcp, dhcpIp }) => enableDhcp && dhcpIp !== null)
        .filter(({ ipv6RaMode, ipv6AddressMode }) => ipv6RaMode || ipv6AddressMode)
        .map((subnet) => ({
          ...subnet,
          dhcpIp: subnet.dhcpIp!,
          tag: `s${subnet.subnetId.replaceAll('-', '').slice(-12)}`,
          prefix: parseIpRange(subnet.cidr)!.prefix,
        }))
    : []

/** The reservations of addresses that DHCPv6 gives. Elsewhere guests make their addresses by themselves. */
export function leases6(network: Network & Pick<NetworkSpec, 'leases'>): LeaseSpec[] {
  const ranges = servedSubnets6(network)
    .filter(({ ipv6AddressMode, ipv6RaMode }) => (ipv6AddressMode ?? ipv6RaMode) === 'dhcpv6-stateful')
    .map(({ cidr }) => parseIpRange(cidr)!)
  if (ranges.length === 0) return []
  return network.leases.filter(({ ip }) => {
    const address = parseIp(ip)
    return address?.version === 6 && ranges.some((range) => holds(range, address))
  })
}
