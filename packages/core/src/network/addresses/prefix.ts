import ipaddr from 'ipaddr.js'
import { formatCidr, parseCidr } from './ipv4.ts'

/** A range of addresses in the one form that it is stored in. */
export interface Prefix {
  /** Without bits after the prefix; a single address is a range of one. */
  cidr: string
  ethertype: 'IPv4' | 'IPv6'
}

/** Reads an address or a range of either family; null for what is neither. */
export function parsePrefix(text: string): Prefix | null {
  const range = parseCidr(text.includes('/') ? text : `${text}/32`)
  if (range) return { cidr: formatCidr(range), ethertype: 'IPv4' }
  const given = text.includes('/') ? text : `${text}/128`
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValidCIDR(given)) return null
  const length = Number(given.slice(given.indexOf('/') + 1))
  return {
    cidr: `${ipaddr.IPv6.networkAddressFromCIDR(given).toRFC5952String()}/${length}`,
    ethertype: 'IPv6',
  }
}
