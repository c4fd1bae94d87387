import { type Services, tapName } from '@nephos/core'

/** What the cloud knows of a machine and its host does not. */
export interface Owner {
  projectId: string
  name: string
  memoryTotal: number
  ports: { id: string; tap: string }[]
}

const freshMs = 60_000
const soonestMs = 5_000

/** Whose the machines of a host are: one query a minute, or sooner when a machine is new. */
export class Owners {
  readonly #services: Pick<Services, 'db' | 'log'>
  readonly #hostName: string
  #known = new Map<string, Owner>()
  #readAt = Number.NEGATIVE_INFINITY

  constructor(services: Pick<Services, 'db' | 'log'>, hostName: string) {
    this.#services = services
    this.#hostName = hostName
  }

  /** The owner of a machine; undefined for one that the cloud does not know here. */
  get(instanceId: string): Owner | undefined {
    return this.#known.get(instanceId)
  }

  /** Reads again what may be old. Without a database what was known holds on. */
  async refresh(machines: Iterable<string>, now: number): Promise<void> {
    const age = now - this.#readAt
    if (age < soonestMs || (age < freshMs && [...machines].every((id) => this.#known.has(id)))) return
    this.#readAt = now
    try {
      const rows = await this.#services.db.instance.findMany({
        where: { host: { name: this.#hostName } },
        select: { id: true, projectId: true, name: true, ramMib: true, ports: { select: { id: true } } },
      })
      this.#known = new Map(
        rows.map(({ id, projectId, name, ramMib, ports }) => [
          id,
          {
            projectId,
            name,
            memoryTotal: ramMib * 1024 ** 2,
            ports: ports.map((port) => ({ id: port.id, tap: tapName(port.id) })),
          },
        ]),
      )
    } catch (error) {
      this.#services.log.debug({ err: error }, 'the owners of the machines could not be read')
    }
  }
}
