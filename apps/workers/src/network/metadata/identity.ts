import type { IncomingHttpHeaders } from 'node:http'
import { parseIp } from '@nephos/core/ip'
import { slaacAddress } from '@nephos/core/ipv6'
import type { PortSpec } from '../driver.ts'

/** Who asks: an address of a network, as the network's own proxy saw it. */
export interface GuestIdentity {
  networkId: string
  ipAddress: string
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The addresses that a port may ask from. */
export const identitiesOf = ({ ips, mac }: Pick<PortSpec, 'ips' | 'mac'>): string[] => [
  ...ips,
  slaacAddress('fe80::/64', mac),
]

/** Reads who asks from the headers that the proxy sets. Null when one is missing, doubled or wrong. */
export function guestIdentity(headers: IncomingHttpHeaders): GuestIdentity | null {
  const networkId = headers['x-network-id']
  const ipAddress = headers['x-forwarded-for']
  // A header that came twice is joined by commas and so is no id and no address.
  if (typeof networkId !== 'string' || !uuid.test(networkId)) return null
  if (typeof ipAddress !== 'string' || !parseIp(ipAddress)) return null
  return { networkId, ipAddress }
}
