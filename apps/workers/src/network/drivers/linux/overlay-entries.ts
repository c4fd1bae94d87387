import { versionOf } from '@nephos/core/ip'
import { z } from 'zod'
import type { OverlaySpec, PortSpec } from '../../driver.ts'
import { linkLocalOf } from './ipv6/guard6.ts'

/** Frames for whom nobody is known go to these. */
const everyone = '00:00:00:00:00:00'

/** What the kernel has been told about the other hosts of one network. */
export interface OverlayEntries {
  /** Addresses of the hosts that get what is meant for everyone. */
  floods: Set<string>
  /** MAC → address of its host. */
  hosts: Map<string, string>
  /** MACs, of these, of routers. */
  routers: Set<string>
  /** MACs that the bridge looks for on other hosts. */
  behind: Set<string>
  /** IP → MAC: questions of ARP and of neighbour discovery that are answered here. */
  neighbours: Map<string, string>
}

/** A network of which nothing is known. */
export const noEntries = (): OverlayEntries => ({
  floods: new Set(),
  hosts: new Map(),
  routers: new Set(),
  behind: new Set(),
  neighbours: new Map(),
})

/**
 * What the kernel is to be told.
 * @param ports of this host: the bridge looks here for those that are being handed over, wherever their guests are
 * @param ipv6 the device speaks IPv6
 */
export function entriesOf(
  { peers, remotes }: OverlaySpec,
  ports: readonly Pick<PortSpec, 'mac' | 'handover'>[] = [],
  ipv6 = false,
): OverlayEntries {
  const held = new Set<string>()
  const copied = new Map<string, string>()
  for (const { mac, handover } of ports) {
    if (handover && handover.kind !== 'standby') held.add(mac)
    if (handover?.kind === 'copied') copied.set(mac, handover.to)
  }
  return {
    floods: new Set(peers),
    hosts: new Map([...remotes.map(({ mac, underlayIp }): [string, string] => [mac, underlayIp]), ...copied]),
    behind: new Set(remotes.map(({ mac }) => mac).filter((mac) => !held.has(mac))),
    routers: new Set(remotes.filter(({ router }) => ipv6 && router).map(({ mac }) => mac)),
    neighbours: new Map(
      remotes.flatMap(({ mac, ips }) =>
        (ipv6 ? withLinkLocal(mac, ips) : ips.filter(isIpv4)).map((ip): [string, string] => [ip, mac]),
      ),
    ),
  }
}

const isIpv4 = (ip: string): boolean => versionOf(ip) === 4

/** Who has an address of IPv6 has one that is link-local, too. */
const withLinkLocal = (mac: string, ips: readonly string[]): readonly string[] =>
  ips.every(isIpv4) ? ips : [...ips, linkLocalOf(mac)]

/** Commands that lead from one state to the other. */
export interface OverlayChange {
  /** For `bridge`: where hosts and MACs are. */
  bridge: string[]
  /** For `bridge`, too; it does not matter when they fail: the bridge may have learned better, or forgotten. */
  hints: string[]
  /** For `ip`. */
  ip: string[]
}

/** What has to be said so that the device `name` knows `wanted` in place of `current`. */
export function changeOf(name: string, current: OverlayEntries, wanted: OverlayEntries): OverlayChange {
  const bridge: string[] = []
  const hints: string[] = []
  const ip: string[] = []
  for (const peer of current.floods)
    if (!wanted.floods.has(peer)) bridge.push(`fdb del ${everyone} dev ${name} dst ${peer}`)
  for (const peer of wanted.floods)
    if (!current.floods.has(peer)) bridge.push(`fdb append ${everyone} dev ${name} dst ${peer}`)
  for (const [mac] of current.hosts)
    if (!wanted.hosts.has(mac)) bridge.push(`fdb del ${mac} dev ${name} self`)
  for (const [mac, host] of wanted.hosts)
    if (current.hosts.get(mac) !== host || current.routers.has(mac) !== wanted.routers.has(mac))
      bridge.push(
        `fdb replace ${mac} dev ${name} dst ${host} self permanent${wanted.routers.has(mac) ? ' router' : ''}`,
      )
  for (const mac of current.behind)
    if (!wanted.behind.has(mac)) hints.push(`fdb del ${mac} dev ${name} master`)
  for (const mac of wanted.behind)
    if (!current.behind.has(mac)) hints.push(`fdb replace ${mac} dev ${name} master static`)
  for (const [address] of current.neighbours)
    if (!wanted.neighbours.has(address)) ip.push(`neigh del ${address} dev ${name}`)
  for (const [address, mac] of wanted.neighbours)
    if (current.neighbours.get(address) !== mac)
      ip.push(`neigh replace ${address} lladdr ${mac} dev ${name} nud permanent`)
  return { bridge, hints, ip }
}

const fdbSchema = z.array(
  z.object({
    mac: z.string(),
    ifname: z.string().optional(),
    dst: z.string().optional(),
    master: z.string().optional(),
    state: z.string().optional(),
    flags: z.array(z.string()).default([]),
  }),
)

const neighbourSchema = z.array(
  z.object({
    dst: z.string(),
    dev: z.string().optional(),
    lladdr: z.string().optional(),
    state: z.array(z.string()).default([]),
  }),
)

/** What the kernel knows, by device: from `bridge -j fdb show` and `ip -j neigh show`. */
export function readEntries(fdb: unknown, neighbours: unknown): Map<string, OverlayEntries> {
  const found = new Map<string, OverlayEntries>()
  const of = (name: string) => {
    const known = found.get(name) ?? noEntries()
    found.set(name, known)
    return known
  }
  for (const { mac, ifname = '', dst, master, state, flags } of fdbSchema.parse(fdb)) {
    if (!ifname.startsWith('vx')) continue
    if (dst === undefined) {
      if (master !== undefined && state === 'static') of(ifname).behind.add(mac)
    } else if (mac === everyone) of(ifname).floods.add(dst)
    else {
      of(ifname).hosts.set(mac, dst)
      if (flags.includes('router')) of(ifname).routers.add(mac)
    }
  }
  for (const { dst, dev = '', lladdr, state } of neighbourSchema.parse(neighbours))
    if (dev.startsWith('vx') && lladdr !== undefined && state.includes('PERMANENT'))
      of(dev).neighbours.set(dst, lladdr)
  return found
}
