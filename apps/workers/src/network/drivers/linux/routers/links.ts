import { versionOf } from '@nephos/core/ip'
import { z } from 'zod'
import type { RouterPortSpec, RouterSpec } from '../../../driver.ts'
import { readIp } from '../host-tools.ts'
import { kernelHasIpv6 } from '../ipv6/kernel.ts'
import type { Link } from '../links.ts'
import { bridgeName } from '../names.ts'
import { gatewayName, interfaceName, isInner, outerName } from './names.ts'

const innerSchema = z.array(
  z.object({
    ifname: z.string(),
    address: z.string().default(''),
    mtu: z.number(),
    flags: z.array(z.string()).default([]),
    addr_info: z.array(z.object({ scope: z.string(), local: z.string(), prefixlen: z.number() })).default([]),
  }),
)

/** An interface inside a router as the kernel has it. */
export interface InnerLink {
  name: string
  mac: string
  mtu: number
  up: boolean
  addresses: string[]
}

/** The interfaces of a router's ports in its namespace. */
export async function readInner(netns: string): Promise<InnerLink[]> {
  return innerSchema
    .parse(await readIp(['-n', netns, 'addr', 'show']))
    .filter(({ ifname }) => isInner(ifname))
    .map(({ ifname, address, mtu, flags, addr_info }) => ({
      name: ifname,
      mac: address,
      mtu,
      up: flags.includes('UP'),
      addresses: addr_info
        .filter(({ scope }) => scope !== 'link')
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    }))
}

/** A port of a router with both names of its pair, and all addresses of its inner end. */
export interface RouterEnd extends RouterPortSpec {
  inner: string
  outer: string
}

/** The ports of a router. The gateway has the addresses that are translated, too, so that it answers for them. */
export function endsOf({ interfaces, gateway, floatingIps, forwardings }: RouterSpec): RouterEnd[] {
  const ends = interfaces.map((one) => ({
    ...one,
    addresses: one.addresses.filter(isPossible),
    inner: interfaceName(one.portId),
    outer: outerName(one.portId),
  }))
  if (!gateway) return ends
  const translated = [...floatingIps, ...forwardings].map(({ address }) => `${address}/32`)
  return [
    ...ends,
    {
      ...gateway,
      inner: gatewayName(gateway.portId),
      outer: outerName(gateway.portId),
      addresses: [...new Set([...gateway.addresses.filter(isPossible), ...translated])],
    },
  ]
}

const isPossible = (address: string): boolean => versionOf(address) === 4 || kernelHasIpv6()

/** Commands of `ip` in the host's namespace that make the outer end of a port what it is to be, and the pair. */
export function outerCommands(end: RouterEnd, netns: string, found: Link | undefined): string[] {
  const { inner, outer, mtu, mac } = end
  const master = bridgeName(end.segmentId)
  const commands: string[] = []
  if (!found)
    commands.push(
      `link add name ${outer} mtu ${mtu} type veth peer name ${inner} address ${mac} mtu ${mtu} netns ${netns}`,
    )
  if (!found || found.mtu !== mtu || found.master !== master || found.up !== end.up)
    commands.push(`link set dev ${outer} mtu ${mtu} master ${master} ${end.up ? 'up' : 'down'}`)
  return commands
}

/** Commands of `ip` in the router's namespace that make the inner end of a port what it is to be. */
export function innerCommands(end: RouterEnd, found: InnerLink | undefined): string[] {
  const { inner, mac, mtu, addresses } = end
  const present = found?.addresses ?? []
  const commands = addressCommands(inner, present, addresses)
  if (!found?.up || found.mac !== mac || found.mtu !== mtu)
    commands.push(`link set dev ${inner} address ${mac} mtu ${mtu} up`)
  return commands
}

/** Commands of `ip` that lead from some addresses of an interface to others. */
export const addressCommands = (
  name: string,
  present: readonly string[],
  wanted: readonly string[],
): string[] => [
  ...present.filter((one) => !wanted.includes(one)).map((one) => `addr del ${one} dev ${name}`),
  ...wanted
    .filter((one) => !present.includes(one))
    .map((one) => `addr add ${one}${extraOf(one)} dev ${name}`),
]

/** Nobody else has an address of ours, and no single address has a broadcast address. */
const extraOf = (address: string): string =>
  versionOf(address) === 6 ? ' nodad' : address.endsWith('/32') ? '' : ' brd +'

/** Tells everybody on its network where the addresses of an interface are: setting a MAC, also the same one, does. */
export const announceCommand = ({ inner, mac }: RouterEnd): string => `link set dev ${inner} address ${mac}`
