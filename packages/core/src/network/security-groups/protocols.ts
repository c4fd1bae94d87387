/** The protocols that have names, with their numbers at IANA. */
export const protocolNumbers = {
  hopopt: 0,
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  egp: 8,
  udp: 17,
  dccp: 33,
  'ipv6-encap': 41,
  'ipv6-route': 43,
  'ipv6-frag': 44,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  ospf: 89,
  vrrp: 112,
  pgm: 113,
  sctp: 132,
  udplite: 136,
} as const satisfies Record<string, number>

/** Other words for the same. */
const synonyms: Record<string, string | null> = {
  any: null,
  ip: null,
  '0': null,
  icmpv6: 'ipv6-icmp',
  icmp6: 'ipv6-icmp',
}

const nameOf = new Map(Object.entries(protocolNumbers).map(([name, number]) => [String(number), name]))

/** The protocols that have ports. */
export const withPorts: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite'])

/**
 * The one word for a protocol: a name, or a number that has no name; null for every protocol.
 * @returns undefined for what is no protocol
 */
export function normaliseProtocol(text: string | null | undefined): string | null | undefined {
  if (text === null || text === undefined) return null
  const word = text.trim().toLowerCase()
  if (Object.hasOwn(synonyms, word)) return synonyms[word]
  if (Object.hasOwn(protocolNumbers, word)) return word
  if (!/^(0|[1-9]\d{0,2})$/.test(word) || Number(word) > 255) return undefined
  return nameOf.get(word) ?? word
}

/** The number of a protocol as {@link normaliseProtocol} gives it. */
export const protocolNumber = (protocol: string): number =>
  (protocolNumbers as Record<string, number>)[protocol] ?? Number(protocol)
