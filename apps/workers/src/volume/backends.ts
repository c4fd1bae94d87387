import { NephosError, reportBackend, type Services } from '@nephos/core'
import type { Logger } from 'pino'
import type { VolumeDriver } from './driver.ts'

/** A back end as its host's configuration names it. */
export interface NamedDriver {
  /** The part of the back end's name behind the host. */
  name: string
  driver: VolumeDriver
}

interface Entry extends NamedDriver {
  /** Its row; null until it was reported. */
  id: string | null
  open: boolean
  trouble: string | null
}

/** The back ends of this host: opens them, opens again what failed, and says how they are. */
export class VolumeBackends {
  readonly #entries: Entry[]

  constructor(
    private readonly services: Services,
    private readonly hostName: string,
    private readonly log: Logger,
    drivers: readonly NamedDriver[],
  ) {
    this.#entries = drivers.map((named) => ({ ...named, id: null, open: false, trouble: null }))
  }

  /** Opens what is not open, and writes of each how it is. */
  async report(): Promise<void> {
    for (const entry of this.#entries) {
      await this.#tryOpen(entry)
      let capacity: { totalBytes: number; freeBytes: number } | null = null
      if (entry.open)
        try {
          capacity = await entry.driver.capacity()
          entry.trouble = null
        } catch (error) {
          entry.trouble = sentence(error)
        }
      entry.id = await reportBackend(this.services, {
        name: `${this.hostName}@${entry.name}`,
        hostName: this.hostName,
        zone: this.services.config.zone,
        driver: entry.driver.kind,
        capacity,
        abilities: entry.driver.abilities,
        trouble: entry.trouble,
      })
    }
  }

  async #tryOpen(entry: Entry): Promise<void> {
    if (entry.open) return
    try {
      await entry.driver.open()
      entry.open = true
      entry.trouble = null
    } catch (error) {
      if (entry.trouble === null)
        this.log.warn({ err: error, backend: entry.name }, 'a back end of volumes does not work')
      entry.trouble = sentence(error)
    }
  }

  /** The driver of a back end. @throws NephosError unavailable when it does not work here now */
  driver(backendId: string | null): VolumeDriver {
    const entry = this.#entries.find(({ id }) => id !== null && id === backendId)
    if (entry?.open) return entry.driver
    throw new NephosError(
      'unavailable',
      entry
        ? `The back end ${this.hostName}@${entry.name} does not work: ${entry.trouble}`
        : `The back end of the volume is not configured on ${this.hostName} any more.`,
      { remedy: 'An administrator can see the state of the back ends.' },
    )
  }

  /** Those that work now. */
  working(): { id: string; driver: VolumeDriver }[] {
    return this.#entries.flatMap(({ id, open, driver }) => (open && id !== null ? [{ id, driver }] : []))
  }

  /** Lets go of all of them; what they serve goes on. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#entries.filter(({ open }) => open).map(({ driver }) => driver.close()))
  }
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
