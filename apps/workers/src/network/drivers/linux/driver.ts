import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tapName } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { Coalescer } from '../../coalescer.ts'
import type {
  DoorState,
  FirewallSpec,
  NetworkDriver,
  NetworkLacks,
  NetworkSpec,
  PortSpec,
  RouterSpec,
  WiredPort,
} from '../../driver.ts'
import { rulesOf } from './anti-spoofing.ts'
import { stopDaemonsExcept } from './daemon.ts'
import { chooseDaemonUsers, type DaemonUsers } from './daemon-users.ts'
import {
  type DhcpPlace,
  ensureDhcp,
  forgetLeases,
  removeDhcp,
  reviveDhcp,
  updateLeases,
  wantsDhcp,
} from './dhcp.ts'
import { Doors } from './doors/doors.ts'
import { Firewall } from './firewall/firewall.ts'
import { TapHandovers } from './handover.ts'
import { runIp } from './host-tools.ts'
import { bridgeCommands, type Link, readLinks, removeLinks, strayLinks, tapCommands } from './links.ts'
import { bridgeName, networkOfAlias, networkPaths, overlayName, portOfAlias } from './names.ts'
import { ensureNamespace, namespaceInode, namespacesWith, removeNamespace } from './namespaces.ts'
import { Overlay } from './overlay.ts'
import type { OverlayEntries } from './overlay-entries.ts'
import { PortQos } from './port-qos.ts'
import { readRecords, writeRecord } from './records.ts'
import { Routers } from './routers/routers.ts'
import { RuleTable } from './rule-table.ts'
import { ensureLabUnderlay, type Lab, removeLabUnderlay, type Underlay } from './underlay.ts'

/** What the driver needs to know of its host. */
export interface LinuxDriverOptions {
  /** Namespace of the host. */
  netns: string
  /** Names of the namespaces of DHCP; the segment number follows. */
  dhcpNetnsPrefix: string
  /** Names of the namespaces of routers; the router's id follows. */
  routerNetnsPrefix: string
  /** Directory of the networks' files. */
  directory: string
  /** Socket of the metadata service of this host. */
  metadataSocket: string
  dhcpDomain: string
  /** Name servers that networks' own ask for what they do not know; none: they refuse. */
  dnsForwarders?: readonly string[]
  /** What cannot work here, and why. */
  lacks?: NetworkLacks
  /** How other hosts are reached; null: this host stands alone. */
  underlay: Underlay | null
  /** What a lab would have made for this host: removed with it. */
  lab: Lab
  /** Namespace that external networks lead to, null for the machine's own; `owner` marks what is ours there. */
  outside: { netns: string | null; owner: string }
  /** Numeric user who opens the taps; null for root. */
  tapOwner: () => Promise<number | null>
  log: { info: (facts: object, message: string) => void; warn: (facts: object, message: string) => void }
  /** How often dead daemons are looked for. Default 2 s. */
  watchMs?: number
}

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
  readonly #qos: PortQos
  readonly #overlay: Overlay | null
  readonly #routers: Routers
  readonly #doors: Doors
  readonly #handovers: TapHandovers
  readonly #firewall: Firewall | null
  readonly #forgetting: Coalescer
  #users: DaemonUsers = { dnsmasqUser: 'root', proxyUser: null }
  #watch?: NodeJS.Timeout

  constructor(options: LinuxDriverOptions) {
    this.#options = options
    this.#rules = new RuleTable(options.netns)
    this.#qos = new PortQos(options.netns)
    this.#handovers = new TapHandovers(options.netns, options.log.warn.bind(options.log))
    this.#firewall = options.lacks?.noSecurityGroups ? null : new Firewall(options.netns, options.log)
    this.#overlay = options.underlay && new Overlay(options.netns, options.underlay)
    this.#doors = new Doors({
      ...options,
      ...options.outside,
      hostNetns: options.netns,
      machine: options.outside.netns,
    })
    const routersDirectory = join(dirname(options.directory), 'routers')
    this.#routers = new Routers({ ...options, prefix: options.routerNetnsPrefix, routersDirectory })
    this.#forgetting = new Coalescer(
      (networkId) => this.#forgetLeases(networkId),
      (err, networkId) => options.log.warn({ err, networkId }, 'old leases could not be forgotten'),
      forgetDelayMs,
    )
  }

  async open(): Promise<void> {
    const { directory, netns, log, watchMs = 2_000 } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o711 })
    this.#users = await chooseDaemonUsers(directory, log)
    if (await ensureNamespace(netns)) {
      await this.#rules.replace([])
      await this.#firewall?.replace([])
    }
    await this.#ensureUnderlay()
    this.#watch ??= setInterval(() => void this.#revive(), watchMs).unref()
  }

  get lacks(): NetworkLacks {
    return this.#options.lacks ?? {}
  }

  async setFirewall(spec: FirewallSpec): Promise<void> {
    await this.#firewall?.setSpec(spec)
  }

  async arrived(portIds: readonly string[]): Promise<void> {
    await this.#firewall?.arrived(portIds)
  }

  ensureNetwork(spec: NetworkSpec): Promise<void> {
    return this.#lock.run(spec.networkId, async () => {
      const held = this.#networks.get(spec.networkId)
      if (held?.applied === fingerprint(spec)) {
        held.spec = spec
        await Promise.all([updateLeases(spec, this.#place(spec)), this.#overlay?.update(spec)])
      } else await this.#applyNetwork(spec, await readLinks(this.#options.netns))
      this.#forgetting.add(spec.networkId)
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
      await Promise.all([
        this.#ensureTap(port, { ...spec, mtu }),
        this.#rules.apply(rulesOf(port)),
        this.#firewall?.setPort(port),
      ])
      await this.#qos.apply(port)
      await this.#handovers.apply(port, spec)
      return { portId: port.portId, tap: tapName(port.portId), netns, mtu }
    })
  }

  handOver(spec: NetworkSpec, portIds: readonly string[]): Promise<void> {
    return this.#lock.run(spec.networkId, async () => {
      const held = this.#networks.get(spec.networkId)
      if (!held) throw new NephosError('driver_failed', `The network ${spec.networkId} is not on this host.`)
      held.spec = spec
      const ports = spec.ports.filter(({ portId }) => portIds.includes(portId))
      for (const port of ports) await this.#handovers.hold(port, spec)
      await this.#overlay?.update(spec)
      for (const port of ports) await this.#handovers.copy(port, spec)
    })
  }

  async emptyTaps(portIds: readonly string[]): Promise<void> {
    for (const { spec } of this.#networks.values())
      await this.#handovers.empty(spec, portIds, this.#options.underlay)
  }

  removePort(portId: string): Promise<void> {
    return this.#lock.run(portId, async () => {
      const tap = tapName(portId)
      for (const { spec } of this.#networks.values())
        spec.ports = spec.ports.filter((port) => port.portId !== portId)
      await this.#handovers.forget(tap)
      await removeLinks(this.#options.netns, [tap])
      await this.#rules.remove([tap])
      await this.#firewall?.removePorts([tap])
      await this.#qos.remove(tap)
    })
  }

  removeNetwork(networkId: string): Promise<void> {
    return this.#lock.run(networkId, () => this.#removeNetwork(networkId))
  }

  ensureRouter(spec: RouterSpec): Promise<void> {
    return this.#routers.ensure(spec)
  }

  removeRouter(routerId: string): Promise<void> {
    return this.#routers.remove(routerId)
  }

  doorState(networkId: string): DoorState | null {
    return this.#doors.state(networkId)
  }

  async inspect(): Promise<{ networks: string[]; ports: string[]; routers: string[] }> {
    const links = await this.#links()
    const bridged = links.map(({ alias }) => networkOfAlias(alias)).filter((id) => id !== null)
    const recorded = (await readRecords(this.#options.directory)).map(({ networkId }) => networkId)
    return {
      networks: [...new Set([...bridged, ...recorded])].sort(),
      ports: links
        .map(({ alias }) => portOfAlias(alias))
        .filter((id) => id !== null)
        .sort(),
      routers: await this.#routers.list(),
    }
  }

  async reconcile(desired: NetworkSpec[], routers: readonly RouterSpec[] = []): Promise<void> {
    const { netns } = this.#options
    await this.#routers.removeOthers(routers)
    await ensureNamespace(netns)
    await this.#ensureUnderlay()
    const links = await readLinks(netns)
    const known = await this.#overlay?.read()
    const wanted = new Set(desired.map(({ networkId }) => networkId))
    for (const { networkId } of await readRecords(this.#options.directory))
      if (!wanted.has(networkId)) await this.removeNetwork(networkId)
    await stopDaemonsExcept(this.#options.directory, wanted)
    for (const name of await this.#strayNamespaces(desired)) await removeNamespace(name)
    for (const networkId of this.#networks.keys())
      if (!wanted.has(networkId)) this.#networks.delete(networkId)

    await this.#doors.removeOthers(desired)
    await this.#overlay?.replaceRules(desired)
    await this.#firewall?.replace(desired)
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
    await this.#qos.reconcile(desired.flatMap(({ ports }) => ports))
    const there = desired.filter(({ networkId }) => this.#networks.has(networkId))
    await this.#handovers.reconcile(there, now)
    // What went wrong with a router is told to whoever ensures it next.
    for (const err of await this.#routers.reconcile(routers))
      this.#options.log.warn({ err }, 'a router could not be made what it is to be')
    if (problems.length > 0) throw problems[0]
  }

  async destroy(): Promise<void> {
    await this.close()
    const { directory, netns, dhcpNetnsPrefix } = this.#options
    await this.#routers.destroy()
    await this.#doors.destroy()
    for (const { networkId } of await readRecords(this.#options.directory))
      await this.removeNetwork(networkId)
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
    await this.#forgetting.stop()
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
    const { networkId } = spec
    await this.#firewall?.setNetwork(spec)
    await writeRecord(place.paths, spec)
    await runIp(netns, bridgeCommands(spec, [...links]))
    await Promise.all([
      ensureDhcp(spec, place, links),
      this.#overlay?.ensure(spec, links, known),
      this.#doors.ensure(spec, links),
    ])
    if (!this.#networks.has(networkId)) this.#options.log.info({ networkId }, 'the network is on this host')
    this.#networks.set(networkId, { spec, applied: fingerprint(spec) })
  }

  async #removeNetwork(networkId: string): Promise<void> {
    const record = (await readRecords(this.#options.directory)).find((one) => one.networkId === networkId)
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
    await this.#doors.remove(networkId, segmentId)
    await removeLinks(
      this.#options.netns,
      [...taps, ...bridges].map(({ name }) => name),
    )
    await this.#rules.remove(taps.map(({ name }) => name))
    await this.#firewall?.removePorts(taps.map(({ name }) => name))
    await this.#firewall?.removeNetwork(networkId)
    for (const { name } of taps) await Promise.all([this.#qos.remove(name), this.#handovers.forget(name)])
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

  async #forgetLeases(networkId: string): Promise<void> {
    await this.#lock.run(networkId, async () => {
      const held = this.#networks.get(networkId)
      if (held) await forgetLeases(held.spec, this.#place(held.spec))
    })
  }

  async #revive(): Promise<void> {
    await this.#routers.revive()
    for (const networkId of [...this.#networks.keys()])
      await this.#lock
        .run(networkId, async () => {
          const held = this.#networks.get(networkId)
          if (!held || !this.#watch) return
          const place = this.#place(held.spec)
          if (!wantsDhcp(held.spec) || (await namespaceInode(place.netns)) === null) return
          const started = await reviveDhcp(held.spec, place)
          if (started.length > 0)
            this.#options.log.warn({ networkId, started }, 'a daemon had died and was started again')
        })
        .catch((err) => this.#options.log.warn({ err, networkId }, 'a dead daemon could not be started'))
  }

  #place({ networkId, segmentId }: Pick<NetworkSpec, 'networkId' | 'segmentId'>): DhcpPlace {
    const {
      netns,
      dhcpNetnsPrefix,
      directory,
      metadataSocket,
      dhcpDomain,
      dnsForwarders = [],
    } = this.#options
    return {
      hostNetns: netns,
      netns: `${dhcpNetnsPrefix}${segmentId}`,
      paths: networkPaths(directory, networkId),
      metadataSocket,
      dhcpDomain,
      dnsForwarders,
      ...this.#users,
    }
  }

  async #links(): Promise<Link[]> {
    const { netns } = this.#options
    return (await namespaceInode(netns)) === null ? [] : readLinks(netns)
  }

  async #strayNamespaces(desired: readonly NetworkSpec[]): Promise<string[]> {
    const wanted = new Set(desired.map((spec) => this.#place(spec).netns))
    return (await namespacesWith(this.#options.dhcpNetnsPrefix)).filter((name) => !wanted.has(name))
  }
}

/** What a network is applied from besides its ports, its leases and what other hosts have of it. */
const fingerprint = ({ segmentId, mtu, subnets, dhcpMac, dnsDomain, overlay, door }: NetworkSpec): string =>
  JSON.stringify([segmentId, mtu, subnets, dhcpMac, dnsDomain, overlay !== null, door ?? null])
