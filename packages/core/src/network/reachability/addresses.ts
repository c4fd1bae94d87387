import ipaddr from 'ipaddr.js'

/** Which of the two an address is. */
export type Family = 'IPv4' | 'IPv6'

/** The family of an address; null when it is none. */
export function familyOf(address: string): Family | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return 'IPv4'
  return ipaddr.IPv6.isValid(address) && !address.includes('%') ? 'IPv6' : null
}

/** The one way in which an address is written. */
export const canonical = (address: string): string =>
  familyOf(address) === 'IPv6' ? ipaddr.IPv6.parse(address).toRFC5952String() : address

/** True when the range holds the address. Ranges of the other family hold none. */
export function inRange(cidr: string, address: string): boolean {
  const [first = '', length] = cidr.split('/')
  const family = familyOf(first)
  if (family === null || family !== familyOf(address)) return false
  if (length === undefined) return canonical(first) === canonical(address)
  const range: [ipaddr.IPv4 | ipaddr.IPv6, number] = [ipaddr.parse(first), Number(length)]
  return ipaddr.parse(address).match(range as [ipaddr.IPv4, number])
}

/** Length of a range's prefix: the longer one is the narrower range. */
export const prefixLength = (cidr: string): number => Number(cidr.split('/')[1])

/** Everything, in one family. */
export const everywhere: Record<Family, string> = { IPv4: '0.0.0.0/0', IPv6: '::/0' }
