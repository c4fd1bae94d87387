import {
  formatIp,
  formatIpRange,
  holds,
  type IpRange,
  type IpVersion,
  parseIp,
  parseIpRange,
  rangesOverlap,
  versionOf,
} from '@nephos/core/ip'
import { type AddressWay, formedByGuests } from './address-ways.ts'

/** What a half-filled subnet means, while it is being typed. The server has the last word. */
export interface SubnetHelp {
  /** What is wrong with the range, or null. */
  problem: string | null
  /** A range that would do instead, for a click. */
  suggestion: string | null
  /** The facts of a good range. */
  facts: {
    version: IpVersion
    /** Of IPv6 more than a number holds exactly. */
    usable: number
    first: string
    last: string
    gateway: string | null
    automatic: number
  } | null
  /** What is wrong with the gateway, or null. */
  gatewayProblem: string | null
}

/** What was entered of a subnet. */
export interface SubnetText {
  cidr: string
  /** Empty: the first address. */
  gatewayIp: string
  noGateway: boolean
  /** How guests of IPv6 get their addresses. */
  way?: AddressWay
}

const nothing: SubnetHelp = { problem: null, suggestion: null, facts: null, gatewayProblem: null }
const sizes = {
  4: { shortest: 8, longest: 29, usual: 24, what: 'A subnet has a prefix of /8 to /29' },
  6: { shortest: 64, longest: 126, usual: 64, what: 'A subnet of IPv6 has a prefix of /64 to /126' },
} as const

/** Explains a range as it is typed. @param siblings CIDRs that the network has already */
export function subnetHelp(
  { cidr, gatewayIp, noGateway, way }: SubnetText,
  siblings: readonly string[] = [],
): SubnetHelp {
  const text = cidr.trim()
  if (text === '') return nothing
  const { shortest, longest, usual, what } = sizes[versionOf(text)]
  const address = text.split('/')[0]!
  const withPrefix = (prefix: number) => formatIpRange(parseIpRange(`${address}/${prefix}`)!)
  const range = parseIpRange(text)
  if (!range) {
    if (!parseIp(text)) {
      const like = versionOf(text) === 6 ? 'fd00:1::/64' : '10.0.0.0/24'
      return { ...nothing, problem: `An address range looks like ${like}.` }
    }
    return { ...nothing, problem: 'The length of the prefix is missing.', suggestion: withPrefix(usual) }
  }
  const { version, prefix } = range
  if (prefix < shortest)
    return {
      ...nothing,
      problem: `${what}; this is too large.`,
      suggestion: version === 6 ? withPrefix(usual) : null,
    }
  if (prefix > longest)
    return {
      ...nothing,
      problem: `${what}; this is too small.`,
      suggestion: withPrefix(version === 6 ? usual : longest),
    }
  if (range.given !== range.first)
    return {
      ...nothing,
      problem: `${address} lies inside the network; the range begins earlier.`,
      suggestion: formatIpRange(range),
    }
  if (version === 6 && way && formedByGuests(way) && prefix !== 64)
    return {
      ...nothing,
      problem: 'Instances make the last 64 bits of their address themselves, so the prefix is /64.',
      suggestion: withPrefix(64),
    }
  const taken = siblings.find((other) => {
    const known = parseIpRange(other)
    return known !== null && rangesOverlap(known, range)
  })
  if (taken) return { ...nothing, problem: `It overlaps with ${taken} of this network.` }
  return { ...nothing, ...factsOf(range, gatewayIp.trim(), noGateway) }
}

function factsOf(
  { version, first, last }: IpRange,
  typed: string,
  noGateway: boolean,
): Pick<SubnetHelp, 'facts' | 'gatewayProblem'> {
  const hosts = { version, first: first + 1n, last: version === 4 ? last - 1n : last }
  const write = (number: bigint) => formatIp({ version, number })
  const given = typed === '' ? { version, number: hosts.first } : parseIp(typed)
  const gatewayProblem =
    noGateway || (given !== null && holds(hosts, given))
      ? null
      : `Use an address from ${write(hosts.first)} to ${write(hosts.last)}.`
  const gateway = noGateway || gatewayProblem || !given ? null : given.number
  const usable = Number(hosts.last - hosts.first + 1n)
  return {
    gatewayProblem,
    facts: {
      version,
      usable,
      first: write(hosts.first),
      last: write(hosts.last),
      gateway: gateway === null ? null : write(gateway),
      automatic: gateway === null ? usable : usable - 1,
    },
  }
}

/** The first /24 of 10.0.0.0/8 that none of the ranges touches: something to begin with. */
export const freeRange = (taken: readonly string[]): string =>
  firstFree('10.0.0.0/8', 24, taken) ?? '192.168.0.0/24'

/**
 * The first /64 that none of the ranges touches of a range for private use (fd00::/8) that only this project is likely
 * to have: the end of its id is random.
 */
export function freeRange6(projectId: string, taken: readonly string[]): string {
  const digits = projectId
    .replace(/[^0-9a-f]/gi, '')
    .slice(-10)
    .padStart(10, '0')
  const own = `fd${digits.slice(0, 2)}:${digits.slice(2, 6)}:${digits.slice(6)}`
  // Subnet 0 is left out: its zeros are easily misread.
  return firstFree(`${own}::/48`, 64, [...taken, `${own}::/64`]) ?? `${own}:1::/64`
}

function firstFree(within: string, prefix: number, taken: readonly string[]): string | null {
  const all = parseIpRange(within)!
  const ranges = taken.map(parseIpRange).filter((range) => range !== null)
  const size = 1n << BigInt((all.version === 4 ? 32 : 128) - prefix)
  let { first } = all
  while (first < all.last) {
    const candidate = { version: all.version, first, last: first + size - 1n, prefix }
    const hit = ranges.find((range) => rangesOverlap(range, candidate))
    if (!hit) return formatIpRange(candidate)
    // On behind it, to the next multiple.
    const behind = (hit.last > candidate.last ? hit.last : candidate.last) + 1n
    first = ((behind + size - 1n) / size) * size
  }
  return null
}

/** Words between commas, blanks and line ends: DNS servers. */
export const splitList = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean)

/** One `start - end` a line, as pools are typed. `problem` names the first line that is none. */
export function readPools(text: string): { pools: { start: string; end: string }[]; problem: string | null } {
  const pools: { start: string; end: string }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [start, end, ...more] = line.trim().split(/\s*[-–\s]\s*/)
    if (!start || !end || more.length > 0)
      return { pools, problem: `Line ${index + 1} is not "first - last", such as 10.0.0.10 - 10.0.0.99.` }
    pools.push({ start, end })
  }
  return { pools, problem: null }
}
