import { dhcpOwner, noteNetworkHost, notFound, type PortRow, portRow, type Services } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { KeyedLock } from '../compute/drivers/keyed-lock.ts'
import { leasesOf, loadDesired, type PortFacts, portFacts, portSpec } from './desired.ts'
import type { NetworkDriver, NetworkSpec, WiredPort } from './driver.ts'
import { Gate } from './gate.ts'

/** What the network of a host needs. */
export interface HostNetworkOptions {
  services: Pick<Services, 'db' | 'log' | 'announce'>
  host: string
  driver: NetworkDriver
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
   * @throws NephosError not_found for a port that does not exist, conflict while its network is being deleted
   */
  async wire(portIds: readonly string[]): Promise<WiredPort[]> {
    try {
      return await this.#wire(portIds)
    } catch (error) {
      if (!(error instanceof NephosError) || error.code !== 'driver_failed') throw error
      this.#options.services.log.warn({ err: error }, 'wiring failed; the network of this host is repaired')
      await this.reconcile()
      return this.#wire(portIds)
    }
  }

  #wire(portIds: readonly string[]): Promise<WiredPort[]> {
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
      const changed = { status: 'ACTIVE', hostName: host, vifType: 'tap' }
      const { count } = await services.db.port.updateMany({
        where: { id: { in: ports.map(({ id }) => id) } },
        data: { ...changed, generation: { increment: 1 } },
      })
      if (count < ports.length) {
        await Promise.all(ports.map((port) => this.#unwirePort(port.id, port.networkId)))
        throw new NephosError('conflict', 'A port was deleted while it was being wired.')
      }
      for (const port of ports) this.#announce(portRow({ ...port, ...changed, updatedAt: new Date() }))
      return wired.flat()
    })
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
        const { services, host, driver } = this.#options
        const [spec] = await loadDesired(services.db, host, [networkId])
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
      const { services, host, driver } = this.#options
      const desired = await loadDesired(services.db, host)
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
    const { services, host } = this.#options
    await noteNetworkHost(services, networkId, host)
    const [spec] = await loadDesired(services.db, host, [networkId])
    if (spec) return spec
    throw new NephosError('conflict', 'The network of this port is being deleted.', { detail: { networkId } })
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
