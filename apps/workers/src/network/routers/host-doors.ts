import { isDeepStrictEqual } from 'node:util'
import { noteNetworkHost, reportDoor, type Services } from '@nephos/core'
import { writeJson } from '../../compute/drivers/atomic-file.ts'
import type { DoorState, NetworkDriver, NetworkSpec } from '../driver.ts'
import { type DoorWishes, doorOf } from './doors.ts'

/** The doors of a host: which networks are brought here for them, and what became of each. */
export class HostDoors {
  readonly #services: Services
  readonly #host: string
  readonly #driver: NetworkDriver
  readonly #wishes: DoorWishes
  readonly #reported = new Map<string, DoorState | null>()
  /** For `status` and `doctor`, which have no database. */
  readonly #file: string | undefined
  readonly #told = new Map<string, object>()

  constructor(options: {
    services: Services
    host: string
    driver: NetworkDriver
    doors: DoorWishes
    file?: string
  }) {
    this.#services = options.services
    this.#host = options.host
    this.#driver = options.driver
    this.#wishes = options.doors
    this.#file = options.file
  }

  /**
   * Notes that networks are here that have their door here.
   * @param only this network; all of them when absent
   * @returns whether there are any
   */
  async note(only?: string): Promise<boolean> {
    if (!this.#wishes.machine && this.#wishes.interfaces.size === 0) return false
    const networks = await this.#services.db.network.findMany({
      where: {
        ...(only && { id: only }),
        deleting: false,
        OR: [{ external: true }, { physicalNetwork: { not: null } }],
      },
      include: { subnets: true },
    })
    const wanted = networks.filter((network) => doorOf(network, this.#wishes))
    for (const { id } of wanted) await noteNetworkHost(this.#services, id, this.#host).catch(() => {})
    return wanted.length > 0
  }

  /**
   * Writes down what became of the doors of these networks, where that is news.
   * @param all they are all that are here
   */
  async report(
    networks: readonly Pick<NetworkSpec, 'networkId' | 'door'>[],
    { all = false } = {},
  ): Promise<void> {
    const before = JSON.stringify([...this.#told.values()])
    if (all) this.#told.clear()
    for (const { networkId, door } of networks) {
      const state = door ? this.#driver.doorState(networkId) : null
      if (door && state)
        this.#told.set(networkId, { interface: door.interface, addresses: door.addresses, ...state })
      else this.#told.delete(networkId)
      if (this.#reported.has(networkId) && isDeepStrictEqual(this.#reported.get(networkId), state)) continue
      const { open, reason } = state ?? { open: false, reason: '' }
      await reportDoor(this.#services, { networkId, host: this.#host, open, reason })
      this.#reported.set(networkId, state)
    }
    const told = [...this.#told.values()]
    if (this.#file && (all || JSON.stringify(told) !== before)) await writeJson(this.#file, told)
  }
}
