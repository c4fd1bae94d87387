import { isDeepStrictEqual } from 'node:util'
import { dhcpOwner, noteNetworkHost, notFound, type Services } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { KeyedLock } from '../compute/drivers/keyed-lock.ts'
import { leasesOf, loadDesired, type PortFacts, portFacts, portSpec } from './desired.ts'
import { loadOverlays } from './desired-overlay.ts'
import type { Handover, NetworkDriver, NetworkSpec, PortSpec, WiredPort } from './driver.ts'
import { Gate } from './gate.ts'
import { Handovers, leavingPorts } from './handovers.ts'
import { InFlight, keepingPorts } from './in-flight.ts'
import { identitiesOf } from './metadata/identity.ts'
import { HostNames } from './names/names.ts'
import { hereOrComing, isHere, writeGone, writePorts } from './port-rows.ts'
import { HostQosPolicies, policyOf } from './qos/policies.ts'
import { networksOf } from './routers/desired-routers.ts'
import { type DoorWishes, noDoors } from './routers/doors.ts'
import { HostDoors } from './routers/host-doors.ts'
import { HostRouters } from './routers/host-routers.ts'
import { HostSecurityGroups } from './security-groups/groups.ts'

/** What the network of a host needs. */
export interface HostNetworkOptions {
  services: Services
  host: string
  driver: NetworkDriver
  /** This host reaches others: its networks go on there. */
  overlay?: boolean
  /** Which networks reach the outside here; none unless set. */
  doors?: DoorWishes
  /** Where it is written what became of them, for tools without a database. */
  doorsFile?: string
  /** Told of every address that came to or went from this host, so that nothing old is remembered of it. */
  forgetIdentity?: (networkId: string, ipAddress: string) => void
}

/**
 * The network of one host: what the database wants there, applied through the driver. Changes of one network follow
 * each other, different networks change side by side, and a full reconciliation runs alone.
 */
export class HostNetwork {
  readonly #options: HostNetworkOptions
  readonly #lock = new KeyedLock()
  readonly #gate = new Gate()
  readonly #groups: HostSecurityGroups
  /** What limits the ports here. */
  readonly qos: HostQosPolicies
  /** What is called how on the networks here. */
  readonly names: HostNames
  /** Networks that are on this host, as they were applied last. */
  readonly #present = new Map<string, NetworkSpec>()
  readonly #flights = new InFlight()
  /** The routers of this host. */
  readonly routers: HostRouters
  readonly #doors: HostDoors
  readonly #handovers = new Handovers()

  constructor(options: HostNetworkOptions) {
    this.#options = options
    this.#doors = new HostDoors({ ...options, doors: options.doors ?? noDoors, file: options.doorsFile })
    this.routers = new HostRouters({ ...options, bring: (networkIds) => this.#bringAll(networkIds) })
    this.#groups = new HostSecurityGroups(options.services.db, options.driver)
    this.qos = new HostQosPolicies(options.services.db)
    this.names = new HostNames(options.services.db)
  }

  /** True for a network that is on this host. */
  has(networkId: string): boolean {
    return this.#present.has(networkId)
  }

  /** The port as it is wired here; undefined when it is not. */
  port(networkId: string, portId: string): PortSpec | undefined {
    return this.#present.get(networkId)?.ports.find((port) => port.portId === portId)
  }

  /** The ports here that a QoS policy holds for. */
  portsWithPolicy(id: string): PortSpec[] {
    return [...this.#present.values()].flatMap(({ ports }) => ports.filter((port) => policyOf(port) === id))
  }

  /** What ports here need to know of security groups. */
  get groups(): Pick<HostSecurityGroups, 'concerns'> {
    return this.#groups
  }

  /** Applies what a security group says now. Nothing happens when no port here needs it. */
  groupChanged(id: string): Promise<void> {
    return this.#gate.shared(() => this.#groups.groupChanged(id))
  }

  /** Applies what ports, here or elsewhere, add to the security groups that they are in. */
  membersChanged(portIds: readonly string[]): Promise<void> {
    return this.#gate.shared(() => this.#groups.portsChanged(portIds))
  }

  /** Applies what one port that is here may send and receive now. */
  refreshPort(portId: string): Promise<void> {
    return this.#gate.shared(async () => {
      const { services, host, driver } = this.#options
      const here = [...this.#present.keys()].find((networkId) => this.port(networkId, portId))
      if (here === undefined) return
      await this.#lock.run(here, async () => {
        const [network, wired] = [this.#present.get(here), this.port(here, portId)]
        const port =
          wired && (await services.db.port.findUnique({ where: { id: portId }, include: portFacts }))
        if (!network || !port) return
        // One that is just being wired is here before the database says so.
        const standby = wired.standby === true && port.hostName !== host
        const [spec] = (await this.qos.limit([portSpec(port, network, { standby })])) as [PortSpec]
        await this.#groups.ensure(spec.securityGroups ?? [])
        const others = network.ports.filter((one) => one.portId !== portId)
        const next = this.#handovers.applyAll({ ...network, ports: [...others, spec] })
        this.#present.set(here, next)
        await driver.ensurePort(next.ports.find((one) => one.portId === portId)!, network.mtu)
      })
    })
  }

  /**
   * Brings ports up here, their networks first when they are new on this host, and marks them ACTIVE.
   * When the host is not as it was left, everything is repaired first.
   * @param standby the ports stay where they are, and are wired here, too, but hear nothing: {@link activate} moves them
   * @throws NephosError not_found for a port that does not exist, conflict while its network is being deleted
   */
  async wire(portIds: readonly string[], { standby = false } = {}): Promise<WiredPort[]> {
    try {
      return await this.#wire(portIds, standby)
    } catch (error) {
      if (!(error instanceof NephosError) || error.code !== 'driver_failed') throw error
      this.#options.services.log.warn({ err: error }, 'wiring failed; the network of this host is repaired')
      await this.reconcile()
      return this.#wire(portIds, standby)
    }
  }

  #wire(portIds: readonly string[], standby: boolean): Promise<WiredPort[]> {
    return this.#flights.during(portIds, () => this.#wireAll(portIds, standby))
  }

  #wireAll(portIds: readonly string[], standby: boolean): Promise<WiredPort[]> {
    return this.#gate.shared(async () => {
      const { services, host } = this.#options
      const ports = await services.db.port.findMany({
        where: { id: { in: [...portIds] }, deviceOwner: { not: dhcpOwner } },
        include: portFacts,
      })
      const byId = new Map(ports.map((port) => [port.id, port]))
      const missing = portIds.find((id) => !byId.has(id))
      if (missing) throw notFound('port', missing)
      const networkIds = [...new Set(ports.map(({ networkId }) => networkId))]
      const wired = await Promise.all(
        networkIds.map((networkId) =>
          this.#lock.run(networkId, () =>
            this.#wireNetwork(
              networkId,
              ports.filter((port) => port.networkId === networkId),
              standby,
            ),
          ),
        ),
      )
      // One that is here already needs not stand by.
      const moving = standby ? ports.filter(({ hostName }) => hostName !== host) : ports
      const written = await writePorts(services, moving, standby ? { standbyHost: host } : isHere(host))
      if (!written) {
        await Promise.all(ports.map((port) => this.#unwirePort(port.id, port.networkId)))
        throw new NephosError('conflict', 'A port was deleted while it was being wired.')
      }
      return wired.flat()
    })
  }

  /**
   * Has ports that stand by here begin anew to keep what is copied for them. Nothing happens to those that are here.
   * @throws NephosError conflict for a port that neither stands by here nor is here
   */
  accept(portIds: readonly string[]): Promise<void> {
    return this.#gate.shared(async () => {
      const ports = await this.#hereOrComing(portIds)
      const coming = ports.filter(({ hostName }) => hostName !== this.#options.host)
      await this.#options.driver.emptyTaps(coming.map(({ id }) => id))
    })
  }

  /**
   * Copies what is for ports of this host to the host where they stand by, until they are taken away from here; null:
   * not any more.
   * @throws NephosError conflict for a port that is not here or does not stand by there; driver_failed when the kernel
   * cannot copy it: then nothing is
   */
  copy(portIds: readonly string[], to: string | null): Promise<void> {
    return this.#gate.shared(async () => {
      if (to === null) {
        const here = [...this.#present.values()].flatMap(({ ports }) => ports)
        const copied = here.filter(
          ({ portId, handover }) => portIds.includes(portId) && handover?.kind === 'copied',
        )
        return this.#handOver(
          copied.map(({ portId: id, networkId }) => ({ id, networkId })),
          null,
        )
      }
      const { services, host } = this.#options
      const { ports, underlayIp } = await leavingPorts(services.db, host, portIds, to)
      try {
        await this.#handOver(ports, { kind: 'copied', to: underlayIp })
      } catch (error) {
        await this.#handOver(ports, null).catch(() => {})
        throw error
      }
    })
  }

  /**
   * Moves ports here that stand by here: from now on other hosts send what is for them to this one. Ports that
   * are here already are fine.
   * @throws NephosError conflict for a port that neither stands by here nor is here
   */
  activate(portIds: readonly string[]): Promise<void> {
    return this.#gate.shared(async () => {
      const { services, host } = this.#options
      const ports = await this.#hereOrComing(portIds)
      const coming = ports.filter(({ hostName }) => hostName !== host)
      await this.#handOver(coming, { kind: 'arriving' })
      await writePorts(services, ports, isHere(host))
      await this.#options.driver.arrived(portIds)
      const networkIds = [...new Set(ports.map(({ networkId }) => networkId))]
      await Promise.all(networkIds.map((networkId) => this.#lock.run(networkId, () => this.#meet(networkId))))
      // Not before it is known that they are on no other host.
      await this.#handOver(ports, null)
    })
  }

  /** Applies what other hosts have of one network now. Nothing happens when it is not here. */
  meet(networkId: string): Promise<void> {
    return this.#gate.shared(() => this.#lock.run(networkId, () => this.#meet(networkId)))
  }

  /** Answers for the names on a network as they are known now. Nothing happens when it is not here. */
  renamed(networkId: string): Promise<void> {
    return this.#gate.shared(() =>
      this.#lock.run(networkId, async () => {
        const spec = this.#present.get(networkId)
        if (!spec) return
        const next: NetworkSpec = { ...spec, names: this.names.of(networkId) }
        await this.#options.driver.ensureNetwork(next)
        this.#present.set(networkId, next)
      }),
    )
  }

  /** {@link meet} for every network that is here: hosts came, went or moved. */
  async meetAll(): Promise<void> {
    await Promise.all([...this.#present.keys()].map((networkId) => this.meet(networkId)))
  }

  /** Takes ports away from this host. Ports that are gone are fine. */
  unwire(ports: readonly { portId: string; networkId: string }[]): Promise<void> {
    const portIds = ports.map(({ portId }) => portId)
    return this.#flights.during(portIds, () =>
      this.#gate.shared(async () => {
        await Promise.all(
          ports.map(({ portId, networkId }) =>
            this.#lock.run(networkId, () => this.#unwirePort(portId, networkId)),
          ),
        )
        await writeGone(this.#options.services.db, portIds, this.#options.host)
      }),
    )
  }

  /** Takes a whole network away from this host. */
  remove(networkId: string): Promise<void> {
    return this.#gate.shared(() =>
      this.#lock.run(networkId, async () => {
        await this.#drop(networkId)
        await this.#options.services.db.networkHost.deleteMany({
          where: { networkId, hostName: this.#options.host },
        })
      }),
    )
  }

  /** Applies what the database says of one network now. */
  refresh(networkId: string): Promise<void> {
    return this.#gate.shared(() =>
      this.#lock.run(networkId, async () => {
        const { driver } = this.#options
        const flying = this.#flights.now()
        const [loaded] = await this.#load([networkId])
        if (!loaded) return this.#drop(networkId)
        const before = this.#present.get(networkId)
        const spec = this.#handovers.applyAll(keepingPorts(loaded, before, flying))
        await this.#groups.ensure(groupsOf([spec]))
        await driver.ensureNetwork(spec)
        this.#present.set(networkId, spec)
        const same =
          before?.mtu === spec.mtu ? new Map(before.ports.map((port) => [port.portId, port])) : null
        const changed = spec.ports.filter((port) => !isDeepStrictEqual(port, same?.get(port.portId)))
        await Promise.all(changed.map((port) => driver.ensurePort(port, spec.mtu)))
        const kept = new Set(spec.ports.map(({ portId }) => portId))
        const gone = before?.ports.filter(({ portId }) => !kept.has(portId)) ?? []
        await Promise.all(gone.map(({ portId }) => driver.removePort(portId)))
        await this.#doors.report([spec])
      }),
    )
  }

  /** Brings a network here that is new, if it has its door here. */
  async consider(networkId: string): Promise<void> {
    if (await this.#doors.note(networkId)) await this.refresh(networkId)
  }

  /** Applies what the database says of one router now. */
  refreshRouter(routerId: string): Promise<void> {
    return this.#gate.shared(() => this.routers.refresh(routerId))
  }

  /** Makes the host equal to the database, whatever was done to it by hand. */
  reconcile(): Promise<void> {
    return this.#gate.alone(async () => {
      const { services, host, driver } = this.#options
      const routers = await this.routers.load()
      await this.#doors.note()
      await this.#note(routers.flatMap(networksOf))
      await this.#handovers.settle(services.db, host)
      this.qos.forget()
      const loaded = await this.#load()
      const desired = loaded.map((spec) => this.#handovers.applyAll(spec))
      this.#present.clear()
      await this.#groups.reload(groupsOf(desired))
      await driver.reconcile(desired, routers)
      for (const spec of desired) this.#present.set(spec.networkId, spec)
      await this.#doors.report(desired, { all: true })
      await this.routers.settleAll()
    })
  }

  async #wireNetwork(networkId: string, ports: readonly PortFacts[], standby: boolean): Promise<WiredPort[]> {
    const { driver, host } = this.#options
    const base = this.#present.get(networkId) ?? (await this.#bring(networkId))
    const ids = new Set(ports.map(({ id }) => id))
    const macs = new Set(ports.map(({ macAddress }) => macAddress))
    const added = await this.qos.limit(
      ports.map((port) => portSpec(port, base, { standby: standby && port.hostName !== host })),
    )
    for (const port of added) this.#handovers.note(port)
    await this.#groups.ensure(added.flatMap(({ securityGroups }) => securityGroups ?? []))
    const spec: NetworkSpec = {
      ...base,
      ports: [...base.ports.filter(({ portId }) => !ids.has(portId)), ...added],
      leases: [...base.leases.filter(({ mac }) => !macs.has(mac)), ...ports.flatMap(leasesOf)],
    }
    for (const port of added)
      for (const ip of identitiesOf(port)) this.#options.forgetIdentity?.(networkId, ip)
    await driver.ensureNetwork(spec)
    this.#present.set(networkId, spec)
    return Promise.all(added.map((port) => driver.ensurePort(port, spec.mtu)))
  }

  async #bringAll(networkIds: readonly string[]): Promise<void> {
    for (const networkId of networkIds)
      await this.#lock.run(networkId, async () => {
        if (this.#present.has(networkId)) return
        const spec = await this.#bring(networkId)
        await this.#options.driver.ensureNetwork(spec)
        this.#present.set(networkId, spec)
      })
  }

  /** A network that is gone meanwhile is no matter: what needs it will say so. */
  async #note(networkIds: readonly string[]): Promise<void> {
    const { services, host } = this.#options
    for (const networkId of new Set(networkIds))
      if (!this.#present.has(networkId)) await noteNetworkHost(services, networkId, host).catch(() => {})
  }

  /** @throws NephosError conflict unless all of these ports are here or stand by here */
  async #hereOrComing(portIds: readonly string[]) {
    const { services, host } = this.#options
    const ports = await services.db.port.findMany({
      where: hereOrComing(host, portIds),
      include: portFacts,
    })
    if (ports.length < new Set(portIds).size)
      throw new NephosError('conflict', `A port is not wired on host ${host}: wire it there first.`)
    return ports
  }

  /** Hands these ports over like this from now on; null: they are here and nowhere else. What is not wired is left out. */
  async #handOver(
    ports: readonly { id: string; networkId: string }[],
    handover: Handover | null,
  ): Promise<void> {
    const ids = new Set(ports.map(({ id }) => id))
    const networkIds = [...new Set(ports.map(({ networkId }) => networkId))]
    const change = (port: PortSpec): PortSpec => (ids.has(port.portId) ? { ...port, handover } : port)
    await Promise.all(
      networkIds.map((networkId) =>
        this.#lock.run(networkId, async () => {
          const spec = this.#present.get(networkId)
          if (!spec) return
          const next: NetworkSpec = { ...spec, ports: spec.ports.map(change) }
          for (const port of next.ports) if (ids.has(port.portId)) this.#handovers.note(port)
          this.#present.set(networkId, next)
          await this.#options.driver.handOver(next, [...ids])
        }),
      ),
    )
  }

  async #load(only?: readonly string[]): Promise<NetworkSpec[]> {
    const { services, host, overlay, doors } = this.#options
    const loaded = await loadDesired(services.db, host, only, { overlay, doors })
    return this.names.fill(await this.qos.limitAll(loaded))
  }

  /** Records that the network is here before anything is made, so that its removal will visit this host. */
  async #bring(networkId: string): Promise<NetworkSpec> {
    const { services, host } = this.#options
    await noteNetworkHost(services, networkId, host)
    const [spec] = await this.#load([networkId])
    if (spec) return spec
    throw new NephosError('conflict', 'The network of this port is being deleted.', { detail: { networkId } })
  }

  async #meet(networkId: string): Promise<void> {
    const { services, host, driver, overlay } = this.#options
    const spec = this.#present.get(networkId)
    if (!overlay || !spec || spec.door?.interface) return
    const others = (await loadOverlays(services.db, host, [networkId])).get(networkId)!
    if (isDeepStrictEqual(others, spec.overlay)) return
    const met: NetworkSpec = { ...spec, overlay: others }
    await driver.ensureNetwork(met)
    this.#present.set(networkId, met)
  }

  async #unwirePort(portId: string, networkId: string): Promise<void> {
    const { driver, forgetIdentity } = this.#options
    this.#handovers.forget(portId)
    const spec = this.#present.get(networkId)
    const port = spec?.ports.find((one) => one.portId === portId)
    await driver.removePort(portId)
    if (!spec || !port) return
    for (const ip of identitiesOf(port)) forgetIdentity?.(networkId, ip)
    const left: NetworkSpec = {
      ...spec,
      ports: spec.ports.filter((one) => one !== port),
      leases: spec.leases.filter(({ mac }) => mac !== port.mac),
    }
    this.#present.set(networkId, left)
    await driver.ensureNetwork(left)
  }

  async #drop(networkId: string): Promise<void> {
    await this.#options.driver.removeNetwork(networkId)
    this.#present.delete(networkId)
    this.names.forget(networkId)
  }
}

const groupsOf = (networks: readonly NetworkSpec[]): string[] =>
  networks.flatMap(({ ports }) => ports.flatMap(({ securityGroups }) => securityGroups ?? []))
