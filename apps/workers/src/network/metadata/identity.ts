import type { IncomingHttpHeaders } from 'node:http'
import { parseAddress } from '@nephos/core/addresses'

/** Who asks: an address of a network, as the network's own proxy saw it. */
export interface GuestIdentity {
  networkId: string
  ipAddress: string
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Reads who asks from the headers that the proxy sets. Null when one is missing, doubled or wrong. */
export function guestIdentity(headers: IncomingHttpHeaders): GuestIdentity | null {
  const networkId = headers['x-network-id']
  const ipAddress = headers['x-forwarded-for']
  // A header that came twice is joined by commas and so is no id and no address.
  if (typeof networkId !== 'string' || !uuid.test(networkId)) return null
  if (typeof ipAddress !== 'string' || parseAddress(ipAddress) === null) return null
  return { networkId, ipAddress }
}
