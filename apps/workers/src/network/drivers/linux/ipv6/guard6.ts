import { parseIpRange, versionOf } from '@nephos/core/ip'
import { parseAddress6, slaacAddress } from '@nephos/core/ipv6'

/** The address that an interface with this MAC gives itself on its link. */
export const linkLocalOf = (mac: string): string => slaacAddress('fe80::/64', mac)

/** What neighbour discovery says an address is about: 128 bits, of which nft knows no type. */
export const target = '@th,64,128'

const hex = (number: bigint): string => `0x${number.toString(16).padStart(32, '0')}`

/** The type of the set of addresses that a tap may say are its own. */
export const targetsType = `typeof iifname . ether saddr . ${target}`

/** An address as an element of that set. */
export const targetElement = (address: string): string => hex(parseAddress6(address)!)

/** Condition that neighbour discovery is about an address of a range. */
function isAbout(cidr: string): string {
  const { first, prefix } = parseIpRange(cidr)!
  if (prefix === 0) return ''
  const mask = ((1n << BigInt(prefix)) - 1n) << BigInt(128 - prefix)
  return prefix === 128 ? ` ${target} ${hex(first)}` : ` ${target} & ${hex(mask)} == ${hex(first)}`
}

const asRange = (cidr: string): string => (cidr.includes('/') ? cidr : `${cidr}/128`)

/**
 * What a guest may send of IPv6 once its MAC is its own: from its addresses and the one that is link-local, besides
 * looking for routers and asking whether an address of its own is free. It says where its own addresses are and no
 * others. Advertisements and redirects are a router's, answers of DHCP those of the network.
 */
export const guestLines6: readonly string[] = [
  'icmpv6 type { nd-router-advert, nd-redirect } counter drop',
  'udp sport 547 counter drop',
  `icmpv6 type nd-neighbor-advert iifname . ether saddr . ${target} != @targets counter drop`,
  `ip6 saddr :: icmpv6 type nd-neighbor-solicit iifname . ether saddr . ${target} @targets accept`,
  'ip6 saddr :: icmpv6 type { nd-router-solicit, mld-listener-report, mld-listener-done, mld2-listener-report } accept',
  'iifname . ether saddr . ip6 saddr @addresses6 accept',
  'counter drop',
]

/** A pair of IPv6 that a port may use besides its own addresses. */
export interface Pair6 {
  mac: string
  cidr: string
}

/** True for a pair of IPv6. */
export const isPair6 = ({ cidr }: Pair6): boolean => versionOf(cidr) === 6

/** The rules for such pairs; what they do not let through is judged as everything else. */
export function pairLines6(pairs: readonly Pair6[]): string[] {
  if (pairs.length === 0) return []
  const says = pairs.flatMap(({ mac, cidr }) => {
    const range = asRange(cidr)
    return [
      `ether saddr ${mac} ip6 saddr { ${range}, ${linkLocalOf(mac)} } icmpv6 type nd-neighbor-advert${isAbout(range)} accept`,
      `ether saddr ${mac} ip6 saddr :: icmpv6 type nd-neighbor-solicit${isAbout(range)} accept`,
    ]
  })
  return [
    'icmpv6 type { nd-router-advert, nd-redirect } return',
    ...says,
    'icmpv6 type nd-neighbor-advert return',
    ...pairs.map(({ mac, cidr }) => `ether saddr ${mac} ip6 saddr ${asRange(cidr)} accept`),
  ]
}
