import { nameOfPort, type Services } from '@nephos/core'
import type { NameSpec, NetworkSpec } from '../driver.ts'

/** What an event says of a port, as far as its name goes. */
interface AnnouncedPort {
  networkId: string
  hostname: string
  fixedIps: { ipAddress: string }[]
}

/** The names on the networks of one host, wherever their ports are. What is known is kept; an event is enough to change it. */
export class HostNames {
  readonly #db: Services['db']
  /** Of each network its ports by id. */
  readonly #known = new Map<string, Map<string, NameSpec>>()

  constructor(db: Services['db']) {
    this.#db = db
  }

  /** Networks as they were given, with the names on them as the database has them. */
  async fill(networks: readonly NetworkSpec[]): Promise<NetworkSpec[]> {
    if (networks.length === 0) return []
    const networkIds = networks.map(({ networkId }) => networkId)
    const ports = await this.#db.port.findMany({
      where: { networkId: { in: networkIds }, OR: [{ dnsName: { not: '' } }, { instanceId: { not: null } }] },
      select: {
        id: true,
        networkId: true,
        dnsName: true,
        instance: { select: { hostname: true } },
        allocations: { select: { ipAddress: true }, orderBy: { ipAddress: 'asc' } },
      },
    })
    for (const networkId of networkIds) this.#known.set(networkId, new Map())
    for (const { id, networkId, allocations, ...port } of ports)
      this.#known.get(networkId)!.set(id, {
        name: nameOfPort(port),
        ips: allocations.map(({ ipAddress }) => ipAddress),
      })
    return networks.map((network) => ({ ...network, names: this.of(network.networkId) }))
  }

  /** The names on a network. */
  of(networkId: string): NameSpec[] {
    return [...(this.#known.get(networkId)?.values() ?? [])].filter(({ ips }) => ips.length > 0)
  }

  /**
   * Takes over what is said of a port.
   * @param port null: it is gone
   * @returns the network whose names have changed; null for none
   */
  heard(id: string, port: AnnouncedPort | null): string | null {
    const networkId = port?.networkId ?? [...this.#known].find(([, ports]) => ports.has(id))?.[0]
    const ports = networkId === undefined ? undefined : this.#known.get(networkId)
    if (networkId === undefined || !ports) return null
    const before = ports.get(id)
    if (!port?.hostname) return ports.delete(id) ? networkId : null
    const ips = port.fixedIps.map(({ ipAddress }) => ipAddress).sort()
    if (before?.name === port.hostname && [...before.ips].sort().join() === ips.join()) return null
    ports.set(id, { name: port.hostname, ips })
    return networkId
  }

  /** Forgets a network that is not here any more. */
  forget(networkId: string): void {
    this.#known.delete(networkId)
  }
}
