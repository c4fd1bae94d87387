import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tapName } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { readJson } from '../../../compute/drivers/atomic-file.ts'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import type { NetworkDriver, NetworkSpec, PortSpec, WiredPort } from '../../driver.ts'
import { rulesOf } from './anti-spoofing.ts'
import { stopDaemonsExcept } from './daemon.ts'
import { type DhcpPlace, ensureDhcp, forgetLeases, removeDhcp, reviveDhcp, updateLeases } from './dhcp.ts'
import { findSystemUser, isReachableByAll, writeIfChanged } from './files.ts'
import { runIp } from './host-tools.ts'
import { bridgeCommands, type Link, readLinks, removeLinks, strayLinks, tapCommands } from './links.ts'
import { bridgeName, networkOfAlias, networkPaths, overlayName, portOfAlias } from './names.ts'
import { ensureNamespace, namespaceInode, namespacesWith, removeNamespace } from './namespaces.ts'
import { Overlay } from './overlay.ts'
import type { OverlayEntries } from './overlay-entries.ts'
import { RateLimits } from './rate-limit.ts'
import { RuleTable } from './rule-table.ts'
import { ensureLabUnderlay, type Lab, removeLabUnderlay, type Underlay } from './underlay.ts'

/** What the driver needs to know of its host. */
export interface LinuxDriverOptions {
  /** Namespace of the host. */
  netns: string
  /** Names of the namespaces of DHCP; the segment number follows. */
  dhcpNetnsPrefix: string
  /** Directory of the networks' files. */
  directory: string
  /** Socket of the metadata service of this host. */
  metadataSocket: string
  dhcpDomain: string
  /** How other hosts are reached; null: this host stands alone. */
  underlay: Underlay | null
  /** What a lab would have made for this host: removed with it. */
  lab: Lab
  /** Numeric user who opens the taps; null for root. */
  tapOwner: () => Promise<number | null>
  log: { info: (facts: object, message: string) => void; warn: (facts: object, message: string) => void }
  /** How often dead daemons are looked for. Default 2 s. */
  watchMs?: number
}

const recordSchema = z.object({ networkId: z.string(), segmentId: z.number() })
const forgetDelayMs = 300

interface Held {
  spec: NetworkSpec
  /** What the network itself was applied from, as text: equal text needs no look at the kernel. */
  applied: string
}

/** Bridges, taps, dnsmasq, haproxy and nftables, in namespaces of this host's own. */
export class LinuxNetworkDriver implements NetworkDriver {
  readonly name = 'linux'
  readonly #options: LinuxDriverOptions
  readonly #lock = new KeyedLock()
  readonly #networks = new Map<string, Held>()
  readonly #rules: RuleTable
  readonly #rates: RateLimits
  readonly #overlay: Overlay | null
  readonly #forgetting = new Map<string, NodeJS.Timeout>()
  #users: Pick<DhcpPlace, 'dnsmasqUser' | 'proxyUser'> = { dnsmasqUser: 'root', proxyUser: null }
  #watch?: NodeJS.Timeout

  constructor(options: LinuxDriverOptions) {
    this.#options = options
    this.#rules = new RuleTable(options.netns)
    this.#rates = new RateLimits(options.netns)
    this.#overlay = options.underlay && new Overlay(options.netns, options.underlay)
  }

  async open(): Promise<void> {
    const { directory, netns, watchMs = 2_000 } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o711 })
    this.#users = await this.#chooseUsers()
    if (await ensureNamespace(netns)) await this.#rules.replace([])
    await this.#ensureUnderlay()
    this.#watch ??= setInterval(() => void this.#revive(), watchMs).unref()
  }

  ensureNetwork(spec: NetworkSpec): Promise<void> {
    return this.#lock.run(spec.networkId, async () => {
      const held = this.#networks.get(spec.networkId)
      if (held?.applied === fingerprint(spec)) {
        held.spec = spec
        await Promise.all([updateLeases(spec, this.#place(spec)), this.#overlay?.update(spec)])
      } else await this.#applyNetwork(spec, await readLinks(this.#options.netns))
      this.#forgetSoon(spec.networkId)
    })
  }

  async ensurePort(port: PortSpec, mtu: number): Promise<WiredPort> {
    const { netns } = this.#options
    return this.#lock.run(port.portId, async () => {
      const held = this.#networks.get(port.networkId)
      if (!held) throw new NephosError('driver_failed', `The network ${port.networkId} is not on this host.`)
      const { spec } = held
      spec.ports = [...spec.ports.filter(({ portId }) => portId !== port.portId), port]
      // No frame passes before a machine opens the tap, so its rules may arrive beside it.
      await Promise.all([this.#ensureTap(port, { ...spec, mtu }), this.#rules.apply(rulesOf(port))])
      await this.#rates.apply(tapName(port.portId), port.limits ?? null)
      return { portId: port.portId, tap: tapName(port.portId), netns, mtu }
    })
  }

  removePort(portId: string): Promise<void> {
    return this.#lock.run(portId, async () => {
      const tap = tapName(portId)
      for (const { spec } of this.#networks.values())
        spec.ports = spec.ports.filter((port) => port.portId !== portId)
      await removeLinks(this.#options.netns, [tap])
      await this.#rules.remove([tap])
      await this.#rates.remove(tap)
    })
  }

  removeNetwork(networkId: string): Promise<void> {
    return this.#lock.run(networkId, () => this.#removeNetwork(networkId))
  }

  async inspect(): Promise<{ networks: string[]; ports: string[] }> {
    const links = await this.#links()
    const bridged = links.map(({ alias }) => networkOfAlias(alias)).filter((id) => id !== null)
    const recorded = (await this.#records()).map(({ networkId }) => networkId)
    return {
      networks: [...new Set([...bridged, ...recorded])].sort(),
      ports: links
        .map(({ alias }) => portOfAlias(alias))
        .filter((id) => id !== null)
        .sort(),
    }
  }

  async reconcile(desired: NetworkSpec[]): Promise<void> {
    const { netns } = this.#options
    await ensureNamespace(netns)
    await this.#ensureUnderlay()
    const links = await readLinks(netns)
    const known = await this.#overlay?.read()
    const wanted = new Set(desired.map(({ networkId }) => networkId))
    for (const { networkId } of await this.#records())
      if (!wanted.has(networkId)) await this.removeNetwork(networkId)
    await stopDaemonsExcept(this.#options.directory, wanted)
    for (const name of await this.#strayNamespaces(desired)) await removeNamespace(name)
    for (const networkId of this.#networks.keys())
      if (!wanted.has(networkId)) this.#networks.delete(networkId)

    await this.#overlay?.replaceRules(desired)
    const problems: unknown[] = []
    for (const spec of desired)
      await this.#lock
        .run(spec.networkId, async () => {
          await this.#applyNetwork(spec, links, known)
          await forgetLeases(spec, this.#place(spec))
        })
        .catch((error) => problems.push(error))
    const owner = await this.#options.tapOwner()
    const now = await readLinks(netns)
    const taps = desired.flatMap((spec) =>
      this.#networks.has(spec.networkId)
        ? spec.ports.flatMap((port) => tapCommands(port, spec, owner, now))
        : [],
    )
    await removeLinks(
      netns,
      strayLinks(desired, now).map(({ name }) => name),
    )
    await runIp(netns, taps)
    await this.#rules.replace(desired.flatMap(({ ports }) => ports.map(rulesOf)))
    const limited = desired.flatMap(({ ports }) => ports.filter(({ limits }) => limits))
    await this.#rates.reconcile(new Map(limited.map((port) => [tapName(port.portId), port.limits!])))
    if (problems.length > 0) throw problems[0]
  }

  async destroy(): Promise<void> {
    await this.close()
    const { directory, netns, dhcpNetnsPrefix } = this.#options
    for (const { networkId } of await this.#records()) await this.removeNetwork(networkId)
    await stopDaemonsExcept(directory, new Set())
    for (const name of await namespacesWith(dhcpNetnsPrefix)) await removeNamespace(name)
    await removeNamespace(netns)
    await removeLabUnderlay(this.#options.lab)
    this.#networks.clear()
    await rm(directory, { recursive: true, force: true })
  }

  async close(): Promise<void> {
    clearInterval(this.#watch)
    this.#watch = undefined
    for (const timer of this.#forgetting.values()) clearTimeout(timer)
    this.#forgetting.clear()
  }

  async #ensureUnderlay(): Promise<void> {
    const { netns, underlay } = this.#options
    if (underlay?.lab) await ensureLabUnderlay(netns, underlay.ip, underlay.lab)
  }

  async #applyNetwork(
    spec: NetworkSpec,
    links: readonly Link[],
    known?: ReadonlyMap<string, OverlayEntries>,
  ): Promise<void> {
    const { netns } = this.#options
    const place = this.#place(spec)
    await mkdir(place.paths.directory, { recursive: true, mode: 0o711 })
    const { networkId, segmentId } = spec
    await writeIfChanged(place.paths.record, `${JSON.stringify({ networkId, segmentId })}\n`)
    await runIp(netns, bridgeCommands(spec, [...links]))
    await Promise.all([ensureDhcp(spec, place, links), this.#overlay?.ensure(spec, links, known)])
    if (!this.#networks.has(networkId)) this.#options.log.info({ networkId }, 'the network is on this host')
    this.#networks.set(networkId, { spec, applied: fingerprint(spec) })
  }

  async #removeNetwork(networkId: string): Promise<void> {
    clearTimeout(this.#forgetting.get(networkId))
    this.#forgetting.delete(networkId)
    const record = (await this.#records()).find((one) => one.networkId === networkId)
    const segmentId = record?.segmentId ?? this.#networks.get(networkId)?.spec.segmentId
    this.#networks.delete(networkId)
    if (segmentId === undefined) return
    const links = await this.#links()
    const place = this.#place({ networkId, segmentId })
    await removeDhcp(segmentId, place, links)
    const bridge = bridgeName(segmentId)
    const taps = links.filter(({ master, alias }) => master === bridge && portOfAlias(alias) !== null)
    const bridges = links.filter(({ name }) => name === bridge || name === overlayName(segmentId))
    await this.#overlay?.forget(networkId)
    await removeLinks(
      this.#options.netns,
      [...taps, ...bridges].map(({ name }) => name),
    )
    await this.#rules.remove(taps.map(({ name }) => name))
    for (const { name } of taps) await this.#rates.remove(name)
    await rm(place.paths.directory, { recursive: true, force: true })
  }

  async #ensureTap(port: PortSpec, network: NetworkSpec): Promise<void> {
    const { netns } = this.#options
    const owner = await this.#options.tapOwner()
    try {
      await runIp(netns, tapCommands(port, network, owner, []))
    } catch {
      // Either the tap is there already, or somebody took the bridge away: look, and apply the difference.
      const links = await readLinks(netns)
      if (!links.some(({ name }) => name === bridgeName(network.segmentId)))
        await this.#lock.run(network.networkId, () => this.#applyNetwork(network, links))
      await runIp(netns, tapCommands(port, network, owner, await readLinks(netns)))
    }
  }

  #forgetSoon(networkId: string): void {
    if (this.#forgetting.has(networkId)) return
    const timer = setTimeout(() => {
      this.#forgetting.delete(networkId)
      void this.#lock
        .run(networkId, async () => {
          const held = this.#networks.get(networkId)
          if (held) await forgetLeases(held.spec, this.#place(held.spec))
        })
        .catch((err) => this.#options.log.warn({ err, networkId }, 'old leases could not be forgotten'))
    }, forgetDelayMs)
    this.#forgetting.set(networkId, timer.unref())
  }

  async #revive(): Promise<void> {
    for (const networkId of [...this.#networks.keys()])
      await this.#lock
        .run(networkId, async () => {
          const held = this.#networks.get(networkId)
          if (!held || !this.#watch) return
          const place = this.#place(held.spec)
          if (!wantsRevival(held.spec) || (await namespaceInode(place.netns)) === null) return
          const started = await reviveDhcp(held.spec, place)
          if (started.length > 0)
            this.#options.log.warn({ networkId, started }, 'a daemon had died and was started again')
        })
        .catch((err) => this.#options.log.warn({ err, networkId }, 'a dead daemon could not be started'))
  }

  #place({ networkId, segmentId }: Pick<NetworkSpec, 'networkId' | 'segmentId'>): DhcpPlace {
    const { netns, dhcpNetnsPrefix, directory, metadataSocket, dhcpDomain } = this.#options
    return {
      hostNetns: netns,
      netns: `${dhcpNetnsPrefix}${segmentId}`,
      paths: networkPaths(directory, networkId),
      metadataSocket,
      dhcpDomain,
      ...this.#users,
    }
  }

  /** Unprivileged users for the daemons, when they can reach their files at all. */
  async #chooseUsers(): Promise<Pick<DhcpPlace, 'dnsmasqUser' | 'proxyUser'>> {
    const { directory, log } = this.#options
    if (!(await isReachableByAll(directory))) {
      log.warn({ directory }, 'DHCP and metadata proxy run as root: other users cannot reach the directory')
      return { dnsmasqUser: 'root', proxyUser: null }
    }
    const [dnsmasq, proxy] = await Promise.all([
      findSystemUser(['dnsmasq', 'nobody']),
      findSystemUser(['haproxy', 'nobody']),
    ])
    return { dnsmasqUser: dnsmasq?.name ?? 'root', proxyUser: proxy }
  }

  async #links(): Promise<Link[]> {
    const { netns } = this.#options
    return (await namespaceInode(netns)) === null ? [] : readLinks(netns)
  }

  async #records(): Promise<z.output<typeof recordSchema>[]> {
    const { directory } = this.#options
    const names = await readdir(directory, { withFileTypes: true }).catch(() => [])
    const read = await Promise.all(
      names
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => readJson(join(directory, name, 'network.json'))),
    )
    return read.map((value) => recordSchema.safeParse(value)).flatMap(({ data }) => (data ? [data] : []))
  }

  async #strayNamespaces(desired: readonly NetworkSpec[]): Promise<string[]> {
    const wanted = new Set(desired.map((spec) => this.#place(spec).netns))
    return (await namespacesWith(this.#options.dhcpNetnsPrefix)).filter((name) => !wanted.has(name))
  }
}

const wantsRevival = (spec: NetworkSpec) =>
  spec.subnets.some(({ enableDhcp, dhcpIp }) => enableDhcp && dhcpIp)

/** What a network is applied from besides its ports, its leases and what other hosts have of it. */
const fingerprint = ({ segmentId, mtu, subnets, dhcpMac, overlay }: NetworkSpec): string =>
  JSON.stringify([segmentId, mtu, subnets, dhcpMac, overlay !== null])
