import { formatIpRange, type IpVersion, parseIpRange, versionOf } from '@nephos/core/ip'
import { z } from 'zod'
import type { RouterSpec } from '../../../driver.ts'
import { readIp } from '../host-tools.ts'
import { kernelHasIpv6 } from '../ipv6/kernel.ts'

const routeSchema = z.array(
  z.object({ dst: z.string(), gateway: z.string().optional(), protocol: z.string().optional() }),
)

/** Ours among the routes of a router's namespace. The kernel makes others by itself. */
const mark = 'proto static'

/** Everywhere, for each kind of address as `ip` takes it: it prints the same word for both. */
const everywhere = { 4: 'default', 6: '::/0' } as const

/** A destination as `ip` prints it. */
function destinationOf(cidr: string): string {
  if (cidr === '0.0.0.0/0') return everywhere[4]
  const text = formatIpRange(parseIpRange(cidr)!)
  return text.endsWith(versionOf(cidr) === 4 ? '/32' : '/128') ? text.split('/')[0]! : text
}

/** The routes of a router, destination → next hop. A route of its own to everywhere is stronger than the gateway's. */
export function routesOf({ gateway, routes }: RouterSpec): Map<string, string> {
  const all = [
    ...(gateway?.nexthop ? [[everywhere[4], gateway.nexthop] as const] : []),
    ...(gateway?.nexthop6 ? [[everywhere[6], gateway.nexthop6] as const] : []),
    ...routes.map(({ destination, nexthop }) => [destinationOf(destination), nexthop] as const),
  ]
  return new Map(all.filter(([, nexthop]) => versionOf(nexthop) === 4 || kernelHasIpv6()))
}

/** The routes of ours that are in force in a router's namespace. */
export async function readRoutes(netns: string): Promise<Map<string, string>> {
  const [four, six] = await Promise.all([readOf(netns, 4), kernelHasIpv6() ? readOf(netns, 6) : []])
  return new Map([...four, ...six])
}

async function readOf(netns: string, version: IpVersion): Promise<[string, string][]> {
  const args = ['-n', netns, `-${version}`, 'route', 'show', 'proto', 'static']
  return routeSchema
    .parse(await readIp(args))
    .map(({ dst, gateway }) => [dst === 'default' ? everywhere[version] : dst, gateway ?? ''])
}

/** Commands of `ip` that lead from some routes to others. */
export const routeCommands = (
  present: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): string[] => [
  ...[...present.keys()]
    .filter((destination) => !wanted.has(destination))
    .map((destination) => `route del ${destination} ${mark}`),
  ...[...wanted]
    .filter(([destination, nexthop]) => present.get(destination) !== nexthop)
    .map(([destination, nexthop]) => `route replace ${destination} via ${nexthop} ${mark}`),
]
