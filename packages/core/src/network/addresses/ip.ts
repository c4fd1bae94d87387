import { formatAddress, parseAddress, parseCidr } from './ipv4.ts'
import { formatAddress6, parseAddress6, parseCidr6, type Range6 } from './ipv6.ts'

/** Which of the two kinds of address. */
export type IpVersion = 4 | 6

/** An address of either kind, as a number. */
export interface Ip {
  version: IpVersion
  number: bigint
}

/** A range of either kind, as numbers. */
export interface IpRange extends Range6 {
  version: IpVersion
  prefix: number
  /** The address that was written; differs from `first` when bits after the prefix are set. */
  given: bigint
}

/** Reads an address of either kind; null when it is none. */
export function parseIp(text: string): Ip | null {
  const number = parseAddress(text)
  if (number !== null) return { version: 4, number: BigInt(number) }
  const number6 = parseAddress6(text)
  return number6 === null ? null : { version: 6, number: number6 }
}

/** The address in its one form. */
export const formatIp = ({ version, number }: Ip): string =>
  version === 4 ? formatAddress(Number(number)) : formatAddress6(number)

/** Reads a range of either kind, such as `10.0.0.0/24` or `fd00::/64`; null when it is none. */
export function parseIpRange(text: string): IpRange | null {
  const range = parseCidr(text)
  if (range) {
    const { first, last, given, prefix } = range
    return { version: 4, first: BigInt(first), last: BigInt(last), given: BigInt(given), prefix }
  }
  const range6 = parseCidr6(text)
  return range6 && { version: 6, ...range6 }
}

/** The range in its one form, without host bits. */
export const formatIpRange = ({ version, first, prefix }: Omit<IpRange, 'given' | 'last'>): string =>
  `${formatIp({ version, number: first })}/${prefix}`

/** True when the ranges are of one kind and share an address. */
export const rangesOverlap = (
  a: Pick<IpRange, 'version' | 'first' | 'last'>,
  b: Pick<IpRange, 'version' | 'first' | 'last'>,
): boolean => a.version === b.version && a.first <= b.last && b.first <= a.last

/** True when the address lies in the range. */
export const holds = (range: Pick<IpRange, 'version' | 'first' | 'last'>, ip: Ip): boolean =>
  range.version === ip.version && range.first <= ip.number && ip.number <= range.last

/** The kind of an address or range that is known to be one. */
export const versionOf = (text: string): IpVersion => (text.includes(':') ? 6 : 4)

/** IPv4 first, and otherwise as they are: how people expect the addresses of one thing. */
export const ipv4First = <T>(items: readonly T[], addressOf: (item: T) => string): T[] => {
  const of = (version: IpVersion) => items.filter((item) => versionOf(addressOf(item)) === version)
  return [...of(4), ...of(6)]
}
