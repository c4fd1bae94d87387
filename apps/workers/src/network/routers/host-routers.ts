import { type RouterReport, reportRouter, type Services } from '@nephos/core'
import { KeyedLock } from '../../compute/drivers/keyed-lock.ts'
import type { NetworkDriver, RouterSpec } from '../driver.ts'
import { type DesiredRouter, loadRouters, networksOf } from './desired-routers.ts'

/** What the routers of a host need. */
export interface HostRoutersOptions {
  services: Services
  host: string
  driver: NetworkDriver
  /** Brings networks to this host that are not here yet. */
  bring: (networkIds: readonly string[]) => Promise<void>
}

/** The routers whose work a host does: what the database wants of them, applied through the driver, and what became of it. */
export class HostRouters {
  readonly #options: HostRoutersOptions
  readonly #lock = new KeyedLock()
  /** Routers that are on this host, as they were wanted last. */
  readonly #present = new Map<string, DesiredRouter>()
  /** While all are read, what is heard of any may concern this host. */
  #loading = false

  constructor(options: HostRoutersOptions) {
    this.#options = options
  }

  /** True for a router that is on this host, as far as is known. */
  has(routerId: string): boolean {
    return this.#loading || this.#present.has(routerId)
  }

  /** The routers here that have a port on a network. */
  on(networkId: string): string[] {
    return [...this.#present.values()]
      .filter(({ spec }) => networksOf(spec).includes(networkId))
      .map(({ spec }) => spec.routerId)
  }

  /** The router here that leads a floating IP. */
  leading(floatingIpId: string): string | undefined {
    return [...this.#present.values()].find(({ floatingIps }) =>
      floatingIps.some(({ id }) => id === floatingIpId),
    )?.spec.routerId
  }

  /** Applies what the database says of one router now: it is made, changed, or taken away. */
  refresh(routerId: string): Promise<void> {
    return this.#lock.run(routerId, async () => {
      const { services, host, driver, bring } = this.#options
      const [desired] = await loadRouters(services.db, host, [routerId])
      if (!desired) {
        await driver.removeRouter(routerId)
        this.#present.delete(routerId)
        return
      }
      this.#present.set(routerId, desired)
      await this.#settle(desired, async () => {
        await bring(networksOf(desired.spec))
        await driver.ensureRouter(desired.spec)
      })
    })
  }

  /** The routers that belong here, for a full reconciliation. Those that are switched off have no place on a host. */
  async load(): Promise<RouterSpec[]> {
    const { services, host } = this.#options
    this.#loading = true
    try {
      const all = await loadRouters(services.db, host)
      this.#present.clear()
      for (const desired of all) this.#present.set(desired.spec.routerId, desired)
    } finally {
      this.#loading = false
    }
    return [...this.#present.values()].filter(({ adminStateUp }) => adminStateUp).map(({ spec }) => spec)
  }

  /** Writes down what became of the routers of {@link load}; the driver was told of them. */
  async settleAll(): Promise<void> {
    const { driver } = this.#options
    for (const desired of [...this.#present.values()])
      await this.#settle(desired, () => driver.ensureRouter(desired.spec))
  }

  async #settle(desired: DesiredRouter, ensure: () => Promise<void>): Promise<void> {
    const { services, driver } = this.#options
    const { routerId } = desired.spec
    let reason = ''
    if (desired.adminStateUp)
      await ensure().catch((error: unknown) => {
        reason = error instanceof Error ? error.message : String(error)
        services.log.warn({ err: error, routerId }, 'a router could not be made what it is to be')
      })
    else await driver.removeRouter(routerId)
    const status = !desired.adminStateUp ? 'DOWN' : reason === '' ? 'ACTIVE' : 'ERROR'
    await this.#report(desired, { status, reason })
  }

  async #report(
    desired: DesiredRouter,
    { status, reason }: Pick<RouterReport, 'status' | 'reason'>,
  ): Promise<void> {
    const { services, host } = this.#options
    const ports = desired.ports.map(({ id, up }) => ({
      id,
      status: status === 'ACTIVE' && up ? 'ACTIVE' : 'DOWN',
    }))
    const floatingIps = desired.floatingIps.map(({ id, leads }) => ({ id, status: leads ? status : 'DOWN' }))
    const same =
      desired.status === status &&
      desired.statusReason === reason &&
      desired.ports.every((port, index) => port.hostName === host && port.status === ports[index]!.status) &&
      desired.floatingIps.every((one, index) => one.status === floatingIps[index]!.status)
    if (same) return
    const { spec, generation } = desired
    await reportRouter(services, {
      routerId: spec.routerId,
      host,
      generation,
      status,
      reason,
      ports,
      floatingIps,
    })
  }
}
