import {
  contains,
  formatAddress,
  formatCidr,
  overlaps,
  parseAddress,
  parseCidr,
  sizeOf,
} from '@nephos/core/addresses'

/** What a half-filled subnet means, while it is being typed. The server has the last word. */
export interface SubnetHelp {
  /** What is wrong with the range, or null. */
  problem: string | null
  /** A range that would do instead, for a click. */
  suggestion: string | null
  /** The facts of a good range. */
  facts: { usable: number; first: string; last: string; gateway: string | null; automatic: number } | null
  /** What is wrong with the gateway, or null. */
  gatewayProblem: string | null
}

/** What was entered of a subnet. */
export interface SubnetText {
  cidr: string
  /** Empty: the first address. */
  gatewayIp: string
  noGateway: boolean
}

const nothing: SubnetHelp = { problem: null, suggestion: null, facts: null, gatewayProblem: null }

/** Explains a range as it is typed. @param siblings CIDRs that the network has already */
export function subnetHelp(
  { cidr, gatewayIp, noGateway }: SubnetText,
  siblings: readonly string[] = [],
): SubnetHelp {
  const text = cidr.trim()
  if (text === '') return nothing
  const range = parseCidr(text)
  if (!range) {
    const whole = parseAddress(text)
    if (whole === null) return { ...nothing, problem: 'An address range looks like 10.0.0.0/24.' }
    const suggestion = formatCidr(parseCidr(`${text}/24`)!)
    return { ...nothing, problem: 'The length of the prefix is missing.', suggestion }
  }
  if (range.prefix < 8)
    return { ...nothing, problem: 'A subnet has a prefix of /8 to /29; this is too large.' }
  if (range.prefix > 29)
    return {
      ...nothing,
      problem: 'A subnet has a prefix of /8 to /29; this is too small.',
      suggestion: formatCidr(parseCidr(`${text.split('/')[0]}/29`)!),
    }
  if (range.given !== range.first)
    return {
      ...nothing,
      problem: `${text.split('/')[0]} lies inside the network; the range begins earlier.`,
      suggestion: formatCidr(range),
    }
  const taken = siblings.find((other) => {
    const known = parseCidr(other)
    return known !== null && overlaps(known, range)
  })
  if (taken) return { ...nothing, problem: `It overlaps with ${taken} of this network.` }

  const hosts = { first: range.first + 1, last: range.last - 1 }
  const given = gatewayIp.trim() === '' ? hosts.first : parseAddress(gatewayIp.trim())
  const gatewayProblem =
    noGateway || (given !== null && contains(hosts, given))
      ? null
      : `Use an address from ${formatAddress(hosts.first)} to ${formatAddress(hosts.last)}.`
  const gateway = noGateway || gatewayProblem ? null : given
  const usable = sizeOf([hosts])
  return {
    ...nothing,
    gatewayProblem,
    facts: {
      usable,
      first: formatAddress(hosts.first),
      last: formatAddress(hosts.last),
      gateway: gateway === null ? null : formatAddress(gateway),
      automatic: gateway === null ? usable : usable - 1,
    },
  }
}

/** The first /24 of 10.0.0.0/8 that none of the ranges touches: something to begin with. */
export function freeRange(taken: readonly string[]): string {
  const ranges = taken.map(parseCidr).filter((range) => range !== null)
  const all = parseCidr('10.0.0.0/8')!
  const size = 256
  let first = all.first
  while (first < all.last) {
    const candidate = { first, last: first + size - 1 }
    const hit = ranges.find((range) => overlaps(range, candidate))
    if (!hit) return formatCidr({ first, prefix: 24 })
    // On behind it, to the next multiple.
    first = Math.ceil((Math.max(hit.last, candidate.last) + 1) / size) * size
  }
  return '192.168.0.0/24'
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
