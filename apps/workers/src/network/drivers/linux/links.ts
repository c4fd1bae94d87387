import { tapName } from '@nephos/core'
import { z } from 'zod'
import type { NetworkSpec, PortSpec } from '../../driver.ts'
import { readIp, runIp } from './host-tools.ts'
import { aliasOfNetwork, aliasOfPort, bridgeName, dhcpLinkName, overlayName } from './names.ts'
import { namespaceInode } from './namespaces.ts'
import { isShaper, shaperName } from './shaper-name.ts'

/** One interface as the kernel has it. */
export interface Link {
  name: string
  /** bridge, tun, veth, … */
  kind: string
  master: string | null
  mtu: number
  /** Switched on. */
  up: boolean
  alias: string
  /** Of a VXLAN device: own address and UDP port. */
  vxlan: { local: string; port: number } | null
  /** Of a port of a bridge: what is meant for everyone does not leave there. */
  silent: boolean
}

const linkSchema = z.object({
  ifname: z.string(),
  flags: z.array(z.string()).default([]),
  mtu: z.number(),
  master: z.string().optional(),
  ifalias: z.string().optional(),
  linkinfo: z
    .object({
      info_kind: z.string().optional(),
      info_data: z
        .object({ local: z.string().optional(), port: z.number().optional() })
        .optional()
        .catch(undefined),
      info_slave_data: z.object({ flood: z.boolean().optional() }).optional().catch(undefined),
    })
    .optional(),
})

/** The interfaces of a namespace. */
export async function readLinks(netns: string): Promise<Link[]> {
  const read = z.array(linkSchema).parse(await readIp(['-n', netns, '-d', 'link', 'show']))
  return read.map((link) => ({
    name: link.ifname,
    kind: link.linkinfo?.info_kind ?? '',
    master: link.master ?? null,
    mtu: link.mtu,
    up: link.flags.includes('UP'),
    alias: link.ifalias ?? '',
    vxlan:
      link.linkinfo?.info_kind === 'vxlan'
        ? { local: link.linkinfo.info_data?.local ?? '', port: link.linkinfo.info_data?.port ?? 0 }
        : null,
    silent: link.linkinfo?.info_slave_data?.flood === false,
  }))
}

/**
 * Removes interfaces. One that is gone by itself meanwhile is fine: a pair ends with the namespace of its other end, a
 * moment later.
 */
export async function removeLinks(netns: string, names: readonly string[]): Promise<void> {
  const remove = (some: readonly string[]) =>
    runIp(
      netns,
      some.map((name) => `link del dev ${name}`),
    )
  try {
    await remove(names)
  } catch {
    if ((await namespaceInode(netns)) === null) return
    for (const name of names)
      await remove([name]).catch(async (error) => {
        if ((await readLinks(netns)).some((link) => link.name === name)) throw error
      })
  }
}

/** Commands of `ip` that make the bridge of a network what it is to be. */
export function bridgeCommands(network: Pick<NetworkSpec, 'networkId' | 'segmentId' | 'mtu'>, links: Link[]) {
  const name = bridgeName(network.segmentId)
  const found = links.find((link) => link.name === name)
  const alias = aliasOfNetwork(network.networkId)
  const commands: string[] = []
  if (found && found.kind !== 'bridge') commands.push(`link del dev ${name}`)
  const kept = found?.kind === 'bridge' ? found : undefined
  if (!kept) commands.push(`link add name ${name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`)
  if (kept?.alias !== alias) commands.push(`link set dev ${name} alias ${alias}`)
  if (!kept?.up || kept.mtu !== network.mtu) commands.push(`link set dev ${name} mtu ${network.mtu} up`)
  return commands
}

/** Commands of `ip` that make a port's tap what it is to be. `owner`: numeric user who may open it. */
export function tapCommands(
  port: PortSpec,
  network: Pick<NetworkSpec, 'segmentId' | 'mtu'>,
  owner: number | null,
  links: Link[],
): string[] {
  const name = tapName(port.portId)
  const found = links.find((link) => link.name === name)
  const master = bridgeName(network.segmentId)
  const alias = aliasOfPort(port.portId)
  const commands: string[] = []
  if (!found) commands.push(`tuntap add dev ${name} mode tap${owner === null ? '' : ` user ${owner}`}`)
  if (found?.alias !== alias) commands.push(`link set dev ${name} alias ${alias}`)
  if (found?.mtu !== network.mtu || found.master !== master || found.up !== port.adminStateUp)
    commands.push(
      `link set dev ${name} mtu ${network.mtu} master ${master} ${port.adminStateUp ? 'up' : 'down'}`,
    )
  return commands
}

/** Interfaces of ours that nobody wants any more. */
export function strayLinks(desired: readonly NetworkSpec[], links: readonly Link[]): Link[] {
  const wanted = new Set(
    desired.flatMap((network) => [
      bridgeName(network.segmentId),
      dhcpLinkName(network.segmentId),
      ...(network.overlay ? [overlayName(network.segmentId)] : []),
      ...network.ports.flatMap(({ portId }) => [tapName(portId), shaperName(tapName(portId))]),
    ]),
  )
  return links.filter(
    ({ name }) => (/^(br|dh|vx|tap)[0-9a-f]+$/.test(name) || isShaper(name)) && !wanted.has(name),
  )
}
