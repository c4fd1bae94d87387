import type { NetworkSpec } from './driver.ts'

/**
 * Ports of this host that are just being wired or taken away: what was applied runs ahead of the database, so that a
 * change of their network which is read meanwhile must leave them alone.
 */
export class InFlight {
  readonly #jobs = new Set<readonly string[]>()

  /** Holds these ports while the work goes on. */
  async during<Result>(portIds: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const job = [...portIds]
    this.#jobs.add(job)
    try {
      return await work()
    } finally {
      this.#jobs.delete(job)
    }
  }

  /** The ports that are held now. */
  now(): ReadonlySet<string> {
    return new Set([...this.#jobs].flat())
  }
}

/** A network as the database has it, but with these ports as they were applied last, or not at all. */
export function keepingPorts(
  network: NetworkSpec,
  before: NetworkSpec | undefined,
  portIds: ReadonlySet<string>,
): NetworkSpec {
  if (portIds.size === 0) return network
  const held = [...network.ports, ...(before?.ports ?? [])].filter(({ portId }) => portIds.has(portId))
  if (held.length === 0) return network
  const macs = new Set(held.map(({ mac }) => mac))
  return {
    ...network,
    ports: [
      ...network.ports.filter(({ portId }) => !portIds.has(portId)),
      ...(before?.ports.filter(({ portId }) => portIds.has(portId)) ?? []),
    ],
    leases: [
      ...network.leases.filter(({ mac }) => !macs.has(mac)),
      ...(before?.leases.filter(({ mac }) => macs.has(mac)) ?? []),
    ],
  }
}
