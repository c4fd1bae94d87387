import ipaddr from 'ipaddr.js'

/** A run of addresses, both ends included, as numbers. */
export interface Range {
  first: number
  last: number
}

/** A network in CIDR form, as numbers. */
export interface Cidr extends Range {
  /** Length of the prefix, 0 to 32. */
  prefix: number
}

const dotted = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/

/**
 * The address as a number, or null when it is not four decimal numbers from 0 to 255. Short, hexadecimal and octal
 * forms are refused: programs disagree about what they mean.
 */
export function parseAddress(text: string): number | null {
  if (!dotted.test(text) || !ipaddr.IPv4.isValid(text)) return null
  return ipaddr.IPv4.parse(text).octets.reduce((number, octet) => number * 256 + octet, 0)
}

/** The number as an address: 167772161 is `10.0.0.1`. */
export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')

/**
 * Reads `10.0.0.0/24`. Host bits may be set: `first` is then the network's address and differs from what was given.
 * @returns null when it is not an IPv4 CIDR
 */
export function parseCidr(text: string): (Cidr & { given: number }) | null {
  const [address = '', length = '', ...rest] = text.split('/')
  const given = parseAddress(address)
  if (given === null || rest.length > 0 || !/^(0|[1-9]\d?)$/.test(length) || Number(length) > 32) return null
  const prefix = Number(length)
  const size = 2 ** (32 - prefix)
  const first = Math.floor(given / size) * size
  return { given, prefix, first, last: first + size - 1 }
}

/** `10.0.0.0/24` */
export const formatCidr = ({ first, prefix }: Pick<Cidr, 'first' | 'prefix'>): string =>
  `${formatAddress(first)}/${prefix}`

/** `255.255.255.0` for 24. */
export const netmask = (prefix: number): string => formatAddress(2 ** 32 - 2 ** (32 - prefix))

/** True when the ranges share an address. */
export const overlaps = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last

/** True when the address lies in the range. */
export const contains = ({ first, last }: Range, address: number): boolean =>
  address >= first && address <= last

/** How many addresses the ranges hold together. */
export const sizeOf = (ranges: readonly Range[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)
