import ipaddr from 'ipaddr.js'
import { invalid } from '../../kernel/errors.ts'
import { formatCidr, parseCidr } from '../addresses/ipv4.ts'
import { normaliseProtocol, withPorts } from './protocols.ts'

/** A rule as it is asked for. */
export interface RuleWish {
  direction: 'ingress' | 'egress'
  ethertype: 'IPv4' | 'IPv6'
  protocol?: string | null
  portMin?: number | null
  portMax?: number | null
  remoteIpPrefix?: string | null
  remoteGroupId?: string | null
  remoteAddressGroupId?: string | null
}

/** A rule in the one form that it is stored in. */
export interface PlannedRule {
  direction: 'ingress' | 'egress'
  ethertype: 'IPv4' | 'IPv6'
  protocol: string | null
  portMin: number | null
  portMax: number | null
  remoteIpPrefix: string | null
  remoteGroupId: string | null
  remoteAddressGroupId: string | null
  /** Equal for rules that mean the same. */
  fingerprint: string
}

const everywhere = new Set(['0.0.0.0/0', '::/0'])

/** Checks a rule and brings it into its one form. @throws NephosError invalid_input naming the field */
export function planRule(wish: RuleWish): PlannedRule {
  const { direction, ethertype } = wish
  refuseTwoSides(wish)
  const protocol = protocolOf(wish)
  const [portMin, portMax] = portsOf(protocol, wish)
  const remoteIpPrefix = wish.remoteIpPrefix ? prefixOf(wish.remoteIpPrefix, ethertype) : null
  const remoteGroupId = wish.remoteGroupId ?? null
  const remoteAddressGroupId = wish.remoteAddressGroupId ?? null
  const from =
    remoteIpPrefix && !everywhere.has(remoteIpPrefix)
      ? remoteIpPrefix
      : (remoteGroupId ?? remoteAddressGroupId)
  const fingerprint = [direction, ethertype, protocol, portMin, portMax, from]
    .map((part) => part ?? '*')
    .join(' ')
  return {
    direction,
    ethertype,
    protocol,
    portMin,
    portMax,
    remoteIpPrefix,
    remoteGroupId,
    remoteAddressGroupId,
    fingerprint,
  }
}

function refuseTwoSides({ remoteIpPrefix, remoteGroupId, remoteAddressGroupId }: RuleWish): void {
  if ([remoteIpPrefix, remoteGroupId, remoteAddressGroupId].filter(Boolean).length < 2) return
  throw invalid(
    remoteAddressGroupId ? 'remoteAddressGroupId' : 'remoteGroupId',
    'A rule names an address range, a security group or an address group, and only one of them.',
    'Leave the others out.',
  )
}

function protocolOf({ protocol: asked, ethertype }: RuleWish): string | null {
  const protocol = normaliseProtocol(asked)
  if (protocol === undefined)
    throw invalid(
      'protocol',
      `"${asked}" is no protocol.`,
      'Name one, such as tcp, udp or icmp, give its number (0 to 255), or leave it out for every protocol.',
    )
  if (ethertype === 'IPv6') return protocol === 'icmp' ? 'ipv6-icmp' : protocol
  if (protocol?.startsWith('ipv6-') && protocol !== 'ipv6-encap')
    throw invalid(
      'protocol',
      `The protocol ${protocol} exists in IPv6 only.`,
      'Choose IPv6, or another protocol.',
    )
  return protocol
}

function portsOf(protocol: string | null, { portMin, portMax }: RuleWish): [number | null, number | null] {
  const [min, max] = [portMin ?? null, portMax ?? null]
  if (min === null && max === null) return [null, null]
  const whole = (field: string, value: number | null, first: number, last: number, what: string) => {
    if (value !== null && (!Number.isInteger(value) || value < first || value > last))
      throw invalid(field, `${what} is a whole number from ${first} to ${last}.`)
  }
  if (protocol === null)
    throw invalid('protocol', 'Ports belong to a protocol.', 'Choose tcp or udp, or leave the ports out.')
  if (protocol === 'icmp' || protocol === 'ipv6-icmp') {
    if (min === null) throw invalid('portMin', 'A code of ICMP needs its type.', 'Give the type in portMin.')
    whole('portMin', min, 0, 255, 'The type of ICMP')
    whole('portMax', max, 0, 255, 'The code of ICMP')
    return [min, max]
  }
  if (!withPorts.has(protocol))
    throw invalid('portMin', `The protocol ${protocol} has no ports.`, 'Leave the ports out.')
  whole('portMin', min, 1, 65_535, 'A port')
  whole('portMax', max, 1, 65_535, 'A port')
  if (min === null || max === null)
    throw invalid(
      min === null ? 'portMin' : 'portMax',
      'A range of ports has a first and a last one.',
      'Give both; for a single port the same twice.',
    )
  if (min > max) throw invalid('portMin', `The first port (${min}) is above the last one (${max}).`)
  return [min, max]
}

/** `10.0.0.0/24` for `10.0.0.7/24`; one address becomes a range of one. */
function prefixOf(text: string, ethertype: 'IPv4' | 'IPv6'): string {
  const wrong = (why: string) => invalid('remoteIpPrefix', why, 'For example 192.0.2.0/24 or 2001:db8::/32.')
  if (ethertype === 'IPv4') {
    const range = parseCidr(text.includes('/') ? text : `${text}/32`)
    if (range) return formatCidr(range)
    throw wrong(
      text.includes(':')
        ? `${text} is IPv6, and the rule is for IPv4.`
        : `"${text}" is not a range of IPv4 addresses.`,
    )
  }
  const given = text.includes('/') ? text : `${text}/128`
  if (text.includes(':') && ipaddr.IPv6.isValidCIDR(given)) {
    const [, length] = given.split('/')
    return `${ipaddr.IPv6.networkAddressFromCIDR(given).toRFC5952String()}/${Number(length)}`
  }
  throw wrong(
    parseCidr(text.includes('/') ? text : `${text}/32`)
      ? `${text} is IPv4, and the rule is for IPv6.`
      : `"${text}" is not a range of IPv6 addresses.`,
  )
}
