import { isDeepStrictEqual } from 'node:util'
import { dhcpOwner, noteNetworkHost, notFound, type PortRow, portRow, type Services } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { KeyedLock } from '../compute/drivers/keyed-lock.ts'
import { leasesOf, loadDesired, type PortFacts, portFacts, portSpec } from './desired.ts'
import { loadOverlays } from './desired-overlay.ts'
import type { NetworkDriver, NetworkSpec, WiredPort } from './driver.ts'
import { Gate } from './gate.ts'

/** What the network of a host needs. */
export interface HostNetworkOptions {
  services: Pick<Services, 'db' | 'log' | 'announce'>
  host: string
  driver: NetworkDriver
  /** This host reaches others: its networks go on there. */
  overlay?: boolean
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
  /** Networks that are on this host, as they were applied last. */
  readonly #present = new Map<string, NetworkSpec>()

  constructor(options: HostNetworkOptions) {
    this.#options = options
  }

  /** True for a network that is on this host. */
  has(networkId: string): boolean {
    return this.#present.has(networkId)
  }

  /**
   * Brings ports up here, their networks first when they are new on this host, and marks them ACTIVE.
   * When the host is not as it was left, everything is repaired first.
   * @param standby the ports stay where they are, and are wired here, too: {@link activate} moves them
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
            ),
          ),
        ),
      )
      const changed = standby
        ? { standbyHost: host }
        : { status: 'ACTIVE', hostName: host, standbyHost: null, vifType: 'tap' }
      // One that is here already needs not stand by.
      const moving = standby ? ports.filter(({ hostName }) => hostName !== host) : ports
      const { count } = await services.db.port.updateMany({
        where: { id: { in: moving.map(({ id }) => id) } },
        data: { ...changed, generation: { increment: 1 } },
      })
      if (count < moving.length) {
        await Promise.all(ports.map((port) => this.#unwirePort(port.id, port.networkId)))
        throw new NephosError('conflict', 'A port was deleted while it was being wired.')
      }
      for (const port of moving) this.#announce(portRow({ ...port, ...changed, updatedAt: new Date() }))
      return wired.flat()
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
      const ports = await services.db.port.findMany({
        where: { id: { in: [...portIds] }, OR: [{ hostName: host }, { standbyHost: host }] },
        include: portFacts,
      })
      if (ports.length < new Set(portIds).size)
        throw new NephosError('conflict', `A port is not wired on host ${host}: wire it there first.`)
      const changed = { status: 'ACTIVE', hostName: host, standbyHost: null, vifType: 'tap' }
      await services.db.port.updateMany({
        where: { id: { in: ports.map(({ id }) => id) } },
        data: { ...changed, generation: { increment: 1 } },
      })
      for (const port of ports) this.#announce(portRow({ ...port, ...changed, updatedAt: new Date() }))
      const networkIds = [...new Set(ports.map(({ networkId }) => networkId))]
      await Promise.all(networkIds.map((networkId) => this.#lock.run(networkId, () => this.#meet(networkId))))
    })
  }

  /** Applies what other hosts have of one network now. Nothing happens when it is not here. */
  meet(networkId: string): Promise<void> {
    return this.#gate.shared(() => this.#lock.run(networkId, () => this.#meet(networkId)))
  }

  /** {@link meet} for every network that is here: hosts came, went or moved. */
  async meetAll(): Promise<void> {
    await Promise.all([...this.#present.keys()].map((networkId) => this.meet(networkId)))
  }

  /** Takes ports away from this host. Ports that are gone are fine. */
  unwire(ports: readonly { portId: string; networkId: string }[]): Promise<void> {
    return this.#gate.shared(async () => {
      const { db } = this.#options.services
      await Promise.all(
        ports.map(({ portId, networkId }) =>
          this.#lock.run(networkId, () => this.#unwirePort(portId, networkId)),
        ),
      )
      await db.port.updateMany({
        where: { id: { in: ports.map(({ portId }) => portId) }, hostName: this.#options.host },
        data: { status: 'DOWN', hostName: null, vifType: 'unbound', generation: { increment: 1 } },
      })
      await db.port.updateMany({
        where: { id: { in: ports.map(({ portId }) => portId) }, standbyHost: this.#options.host },
        data: { standbyHost: null, generation: { increment: 1 } },
      })
    })
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
        const { services, host, driver, overlay } = this.#options
        const [spec] = await loadDesired(services.db, host, [networkId], { overlay })
        if (!spec) return this.#drop(networkId)
        const before = this.#present.get(networkId)
        await driver.ensureNetwork(spec)
        this.#present.set(networkId, spec)
        await Promise.all(spec.ports.map((port) => driver.ensurePort(port, spec.mtu)))
        const kept = new Set(spec.ports.map(({ portId }) => portId))
        const gone = before?.ports.filter(({ portId }) => !kept.has(portId)) ?? []
        await Promise.all(gone.map(({ portId }) => driver.removePort(portId)))
      }),
    )
  }

  /** Makes the host equal to the database, whatever was done to it by hand. */
  reconcile(): Promise<void> {
    return this.#gate.alone(async () => {
      const { services, host, driver, overlay } = this.#options
      const desired = await loadDesired(services.db, host, undefined, { overlay })
      this.#present.clear()
      await driver.reconcile(desired)
      for (const spec of desired) this.#present.set(spec.networkId, spec)
    })
  }

  async #wireNetwork(networkId: string, ports: readonly PortFacts[]): Promise<WiredPort[]> {
    const { driver } = this.#options
    const base = this.#present.get(networkId) ?? (await this.#bring(networkId))
    const ids = new Set(ports.map(({ id }) => id))
    const macs = new Set(ports.map(({ macAddress }) => macAddress))
    const added = ports.map((port) => portSpec(port, base.adminStateUp))
    const spec: NetworkSpec = {
      ...base,
      ports: [...base.ports.filter(({ portId }) => !ids.has(portId)), ...added],
      leases: [...base.leases.filter(({ mac }) => !macs.has(mac)), ...ports.flatMap(leasesOf)],
    }
    for (const { ips } of added) for (const ip of ips) this.#options.forgetIdentity?.(networkId, ip)
    await driver.ensureNetwork(spec)
    this.#present.set(networkId, spec)
    return Promise.all(added.map((port) => driver.ensurePort(port, spec.mtu)))
  }

  /** Records that the network is here before anything is made, so that its removal will visit this host. */
  async #bring(networkId: string): Promise<NetworkSpec> {
    const { services, host, overlay } = this.#options
    await noteNetworkHost(services, networkId, host)
    const [spec] = await loadDesired(services.db, host, [networkId], { overlay })
    if (spec) return spec
    throw new NephosError('conflict', 'The network of this port is being deleted.', { detail: { networkId } })
  }

  async #meet(networkId: string): Promise<void> {
    const { services, host, driver, overlay } = this.#options
    const spec = this.#present.get(networkId)
    if (!overlay || !spec) return
    const others = (await loadOverlays(services.db, host, [networkId])).get(networkId)!
    if (isDeepStrictEqual(others, spec.overlay)) return
    const met: NetworkSpec = { ...spec, overlay: others }
    await driver.ensureNetwork(met)
    this.#present.set(networkId, met)
  }

  async #unwirePort(portId: string, networkId: string): Promise<void> {
    const { driver, forgetIdentity } = this.#options
    const spec = this.#present.get(networkId)
    const port = spec?.ports.find((one) => one.portId === portId)
    await driver.removePort(portId)
    if (!spec || !port) return
    for (const ip of port.ips) forgetIdentity?.(networkId, ip)
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
  }

  #announce(row: PortRow): void {
    this.#options.services.announce({
      noun: 'port',
      change: 'updated',
      id: row.id,
      audience: { kind: 'project', projectId: row.projectId },
      at: new Date().toISOString(),
      data: row,
    })
  }
}
