import { z } from 'zod'
import { invalid } from '../../kernel/index.ts'
import { formatIp, formatIpRange, parseIp, parseIpRange } from '../addresses/ip.ts'
import type { HostRoute } from '../subnets/plan.ts'
import { type ConnectedSubnet, reaches } from './connected.ts'

const address = z.string().trim().max(64)

/** Static routes as they are asked for; {@link planRoutes} checks what they mean. */
export const routesField = z
  .array(z.object({ destination: address, nexthop: address }))
  .max(30, 'A router has at most 30 routes.')

/**
 * Checks static routes against the subnets that the router is on.
 * @throws NephosError invalid_input naming the entry
 */
export function planRoutes(asked: readonly HostRoute[], connected: readonly ConnectedSubnet[]): HostRoute[] {
  const planned = asked.map((route, index): HostRoute => {
    const field = `routes.${index}`
    const range = parseIpRange(route.destination)
    if (!range)
      throw invalid(
        `${field}.destination`,
        `"${route.destination}" is not an address range such as 192.168.0.0/16 or fd00:2::/48.`,
      )
    if (range.given !== range.first)
      throw invalid(
        `${field}.destination`,
        `In ${route.destination} bits after the prefix are set.`,
        `Use ${formatIpRange(range)}.`,
      )
    const hop = parseIp(route.nexthop)
    if (!hop) throw invalid(`${field}.nexthop`, `"${route.nexthop}" is not an IP address.`)
    const [destination, nexthop] = [formatIpRange(range), formatIp(hop)]
    if (hop.version !== range.version)
      throw invalid(
        `${field}.nexthop`,
        `${destination} is IPv${range.version}, and ${nexthop} is IPv${hop.version}.`,
        'The next hop is of the same kind as the destination.',
      )
    if (connected.some(({ ipAddress }) => ipAddress === nexthop))
      throw invalid(
        `${field}.nexthop`,
        `${nexthop} is the router itself.`,
        'Name the next router on the way.',
      )
    if (!reaches(connected, nexthop))
      throw invalid(
        `${field}.nexthop`,
        `${nexthop} is on no subnet of this router.`,
        connected.length > 0
          ? `Use an address of ${connected.map(({ cidr }) => cidr).join(', ')}.`
          : 'Add an interface to the router first.',
      )
    return { destination, nexthop }
  })
  planned.forEach((route, index) => {
    const same = (other: HostRoute) =>
      other.destination === route.destination && other.nexthop === route.nexthop
    if (planned.findIndex(same) !== index)
      throw invalid(`routes.${index}`, `The route to ${route.destination} is given twice.`, 'Name it once.')
  })
  return planned
}
