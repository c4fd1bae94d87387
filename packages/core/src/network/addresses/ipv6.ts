import ipaddr from 'ipaddr.js'

/** A run of IPv6 addresses, both ends included. */
export interface Range6 {
  first: bigint
  last: bigint
}

const bits = 128n
const full = (1n << bits) - 1n

/** The address as a number, or null when it is not an IPv6 address. One with a zone (`%eth0`) is refused. */
export function parseAddress6(text: string): bigint | null {
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return null
  return ipaddr.IPv6.parse(text).parts.reduce((number, part) => (number << 16n) + BigInt(part), 0n)
}

/** The number as an address, in the one form of RFC 5952: `fd00::1`. */
export const formatAddress6 = (address: bigint): string =>
  new ipaddr.IPv6(
    Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(112 - 16 * index)) & 0xffffn)),
  ).toRFC5952String()

/**
 * Reads `fd00::/64`. Host bits may be set: `first` is then the network's address and differs from what was given.
 * @returns null when it is not an IPv6 CIDR
 */
export function parseCidr6(text: string): (Range6 & { prefix: number; given: bigint }) | null {
  const [address = '', length = '', ...rest] = text.split('/')
  const given = parseAddress6(address)
  if (given === null || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > 128)
    return null
  const prefix = Number(length)
  const hosts = (1n << (bits - BigInt(prefix))) - 1n
  const first = given & (full ^ hosts)
  return { given, prefix, first, last: first + hosts }
}

/** `ffff:ffff:ffff:ffff::` for 64. */
export const netmask6 = (prefix: number): string =>
  formatAddress6(full ^ ((1n << (bits - BigInt(prefix))) - 1n))

/** The 64 bits that an interface makes of its MAC (modified EUI-64, RFC 4291). */
const interfaceId = (mac: string): bigint => {
  const [a, b, c, d, e, f] = mac.split(':').map((byte) => BigInt(`0x${byte}`)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  return [a ^ 2n, b, c, 0xffn, 0xfen, d, e, f].reduce((number, byte) => (number << 8n) + byte, 0n)
}

/** The address that an interface with this MAC gives itself in a /64 (SLAAC). */
export const slaacAddress = (cidr: string, mac: string): string =>
  formatAddress6(parseCidr6(cidr)!.first | interfaceId(mac))

const linkLocal = parseCidr6('fe80::/64')!

/** The MAC that a link-local address was made of, or null for any other address. */
export function macOfLinkLocal(address: string): string | null {
  const number = parseAddress6(address)
  if (number === null || number < linkLocal.first || number > linkLocal.last) return null
  const bytes = Array.from({ length: 8 }, (_, index) => Number((number >> BigInt(56 - 8 * index)) & 0xffn))
  const [a, b, c, filler, filler2, d, e, f] = bytes as [number, ...number[]]
  if (filler !== 0xff || filler2 !== 0xfe) return null
  return [a ^ 2, b, c, d, e, f].map((byte) => byte!.toString(16).padStart(2, '0')).join(':')
}
