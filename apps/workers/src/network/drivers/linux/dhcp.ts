import { mkdir, rm, writeFile } from 'node:fs/promises'
import { parseCidr } from '@nephos/core/addresses'
import { z } from 'zod'
import type { NetworkSpec } from '../../driver.ts'
import { type DaemonSpec, findDaemon, reloadDaemon, startDaemon, stopDaemons } from './daemon.ts'
import { domainOf, ensureWayOut, namesText } from './dns.ts'
import {
  currentLeases,
  dnsmasqCommand,
  hasLeaseConflict,
  hostsText,
  optionsText,
  servedSubnets,
} from './dnsmasq.ts'
import { readText, writeIfChanged } from './files.ts'
import { haproxyCommand, haproxyConfig, type ProxyUser } from './haproxy.ts'
import { readIp, runIp } from './host-tools.ts'
import { metadataAddress6, servedSubnets6, speaksIpv6 } from './ipv6/served.ts'
import { enableIpv6 } from './ipv6/settings.ts'
import { type Link, removeLinks } from './links.ts'
import { bridgeName, dhcpInterface, dhcpLinkName, metadataAddress, type NetworkPaths } from './names.ts'
import { ensureNamespace, removeNamespace } from './namespaces.ts'
import { portOptionsText } from './port-options.ts'

/** Where DHCP and metadata of one network run. */
export interface DhcpPlace {
  hostNetns: string
  netns: string
  paths: NetworkPaths
  metadataSocket: string
  dhcpDomain: string
  /** Name servers that are asked for what is not on the network. */
  dnsForwarders: readonly string[]
  dnsmasqUser: string
  proxyUser: ProxyUser | null
}

const dnsmasqOf = (network: NetworkSpec, place: DhcpPlace): DaemonSpec => ({
  command: dnsmasqCommand(network, place.paths, {
    domain: domainOf(network, place.dhcpDomain),
    user: place.dnsmasqUser,
    forwarders: place.dnsForwarders,
  }),
  pidFile: place.paths.dnsmasqPid,
  netns: place.netns,
})

const haproxyOf = (place: DhcpPlace): DaemonSpec => ({
  command: haproxyCommand(place.paths),
  pidFile: place.paths.haproxyPid,
  netns: place.netns,
})

/** True when the network has a subnet that is served. */
export const wantsDhcp = (network: NetworkSpec): boolean =>
  servedSubnets(network).length > 0 || servedSubnets6(network).length > 0

/**
 * Makes the namespace, its link to the bridge, its addresses and both daemons what they are to be, whatever is there.
 * @param links what the host's namespace has now
 */
export async function ensureDhcp(
  network: NetworkSpec,
  place: DhcpPlace,
  links: readonly Link[],
): Promise<void> {
  await mkdir(place.paths.directory, { recursive: true, mode: 0o711 })
  if (!wantsDhcp(network)) return removeDhcp(network.segmentId, place, links)
  const [, changed] = await Promise.all([ensureLink(network, place, links), writeFiles(network, place)])
  await ensureWayOut(network, place.netns, place.dnsForwarders)
  await Promise.all([ensureDnsmasq(network, place, changed), ensureHaproxy(network, place)])
}

/** Takes both daemons, the namespace and the link away. Nothing happens for what is not there. */
export async function removeDhcp(segmentId: number, place: DhcpPlace, links: readonly Link[]): Promise<void> {
  await stopDhcp(place)
  await removeNamespace(place.netns)
  const link = dhcpLinkName(segmentId)
  if (links.some(({ name }) => name === link)) await removeLinks(place.hostNetns, [link])
}

/** Starts again what has died. @returns the names of what it started */
export async function reviveDhcp(network: NetworkSpec, place: DhcpPlace): Promise<string[]> {
  const revived = await Promise.all([
    findDaemon(dnsmasqOf(network, place)).then(async (pid) => {
      if (pid !== null) return []
      await ensureDnsmasq(network, place, false)
      return ['dnsmasq']
    }),
    findDaemon(haproxyOf(place)).then(async (pid) => {
      if (pid !== null) return []
      await ensureHaproxy(network, place)
      return ['haproxy']
    }),
  ])
  return revived.flat()
}

/** Makes the reservations known. An address that is still leased to a former port is freed first. */
export async function updateLeases(network: NetworkSpec, place: DhcpPlace): Promise<void> {
  if (!wantsDhcp(network)) return
  const leases = (await readText(place.paths.leases)) ?? ''
  const hosts = (await readText(place.paths.hosts)) ?? ''
  if (hasLeaseConflict(leases, network.leases, hosts)) return forgetLeases(network, place)
  if (!(await writeFiles(network, place))) return
  await ensureDnsmasq(network, place, true)
}

/**
 * Forgets the leases of ports that are gone. dnsmasq keeps leases in its memory until they end, so it is started
 * again; nothing happens when every lease still has its port.
 */
export async function forgetLeases(network: NetworkSpec, place: DhcpPlace): Promise<void> {
  const before = (await readText(place.paths.leases)) ?? ''
  const hosts = (await readText(place.paths.hosts)) ?? ''
  if (!wantsDhcp(network) || !currentLeases(before, network.leases, hosts).changed) return
  await stopDaemons('dnsmasq', place.paths.directory)
  const { text } = currentLeases((await readText(place.paths.leases)) ?? '', network.leases, hosts)
  await writeFile(place.paths.leases, text, { mode: 0o644 })
  await writeFiles(network, place)
  await startDaemon(dnsmasqOf(network, place))
}

async function stopDhcp(place: DhcpPlace): Promise<void> {
  const {
    directory,
    hosts,
    options,
    leases,
    names,
    dnsmasqPid,
    haproxyConfig: config,
    haproxyPid,
  } = place.paths
  await Promise.all([stopDaemons('dnsmasq', directory), stopDaemons('haproxy', directory)])
  await Promise.all(
    [hosts, options, leases, names, dnsmasqPid, config, haproxyPid].map((path) => rm(path, { force: true })),
  )
}

async function writeFiles(network: NetworkSpec, { paths, dhcpDomain }: DhcpPlace): Promise<boolean> {
  const changed = await Promise.all([
    writeIfChanged(paths.hosts, hostsText(network)),
    writeIfChanged(paths.options, portOptionsText(network) + optionsText(network)),
    writeIfChanged(paths.names, namesText(network, domainOf(network, dhcpDomain))),
  ])
  return changed.includes(true)
}

/** @param reload the files have changed since a running dnsmasq read them */
async function ensureDnsmasq(network: NetworkSpec, place: DhcpPlace, reload: boolean): Promise<void> {
  const spec = dnsmasqOf(network, place)
  if (reload ? await reloadDaemon(spec) : (await findDaemon(spec)) !== null) return
  await stopDaemons('dnsmasq', place.paths.directory)
  await startDaemon(spec)
}

async function ensureHaproxy(network: NetworkSpec, place: DhcpPlace): Promise<void> {
  const text = haproxyConfig(network.networkId, place.metadataSocket, place.proxyUser, speaksIpv6(network))
  const changed = await writeIfChanged(place.paths.haproxyConfig, text)
  if (!changed && (await findDaemon(haproxyOf(place))) !== null) return
  await stopDaemons('haproxy', place.paths.directory)
  await startDaemon(haproxyOf(place))
}

const addressSchema = z.array(
  z.object({
    mtu: z.number(),
    address: z.string(),
    flags: z.array(z.string()),
    addr_info: z.array(z.object({ scope: z.string(), local: z.string(), prefixlen: z.number() })).default([]),
  }),
)

async function ensureLink(network: NetworkSpec, place: DhcpPlace, links: readonly Link[]): Promise<void> {
  const made = await ensureNamespace(place.netns)
  // A namespace that was deleted by its name lives on while daemons are in it: they are of no use any more.
  if (made) await stopDhcpDaemons(place)
  const outer = dhcpLinkName(network.segmentId)
  const bridge = bridgeName(network.segmentId)
  const inner = made ? [] : await readInner(place.netns)
  const found = links.find(({ name }) => name === outer)
  const whole = found !== undefined && inner.length === 1
  const hostCommands: string[] = []
  if (found && !whole) await removeLinks(place.hostNetns, [outer])
  if (!whole)
    hostCommands.push(`link add name ${outer} type veth peer name ${dhcpInterface} netns ${place.netns}`)
  if (!whole || found.master !== bridge || found.mtu !== network.mtu || !found.up)
    hostCommands.push(`link set dev ${outer} mtu ${network.mtu} master ${bridge} up`)
  await runIp(place.hostNetns, hostCommands)
  if (speaksIpv6(network)) await enableIpv6(place.netns, [dhcpInterface])
  await runIp(place.netns, innerCommands(network, whole ? inner[0] : undefined))
}

const stopDhcpDaemons = ({ paths }: DhcpPlace) =>
  Promise.all([stopDaemons('dnsmasq', paths.directory), stopDaemons('haproxy', paths.directory)])

async function readInner(netns: string) {
  const read = await readIp(['-n', netns, 'addr', 'show', 'dev', dhcpInterface]).catch(() => [])
  return addressSchema.parse(read)
}

function innerCommands(network: NetworkSpec, found: z.output<typeof addressSchema>[number] | undefined) {
  const wanted = [
    ...servedSubnets(network).map(({ dhcpIp, cidr }) => `${dhcpIp}/${parseCidr(cidr)!.prefix}`),
    `${metadataAddress}/32`,
    ...servedSubnets6(network).map(({ dhcpIp, prefix }) => `${dhcpIp}/${prefix}`),
    ...(speaksIpv6(network) ? [`${metadataAddress6}/64`] : []),
  ]
  // What an interface makes of its MAC is its own affair.
  const present = (found?.addr_info ?? [])
    .filter(({ scope, local }) => scope !== 'link' || local === metadataAddress6)
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
  const mac = network.dhcpMac && found?.address !== network.dhcpMac ? ` address ${network.dhcpMac}` : ''
  const up = found?.flags.includes('UP') && found.mtu === network.mtu
  return [
    ...present.filter((one) => !wanted.includes(one)).map((one) => `addr del ${one} dev ${dhcpInterface}`),
    ...(mac || !up ? [`link set dev ${dhcpInterface}${mac} mtu ${network.mtu} up`] : []),
    ...wanted
      .filter((one) => !present.includes(one))
      .map((one) => `addr add ${one} dev ${dhcpInterface}${one.includes(':') ? ' nodad' : ''}`),
  ]
}
