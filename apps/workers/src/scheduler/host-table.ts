import type { HostRecord, ReadHosts } from '@nephos/core'
import { type HostState, hostState } from './host-state.ts'

/**
 * Every host in memory: read once, then kept up by events and by what this scheduler claims itself, and read again
 * from time to time. It may be behind the database; the claim finds that out.
 */
export class HostTable {
  #hosts = new Map<string, HostState>()
  readonly #read: ReadHosts

  constructor(read: ReadHosts) {
    this.#read = read
  }

  get all(): HostState[] {
    return [...this.#hosts.values()]
  }

  /** Reads every host. What was claimed while the query ran is not lost: an older generation never replaces a newer one. */
  async refresh(): Promise<void> {
    const records = await this.#read()
    const known = new Set(records.map((record) => record.id))
    for (const id of this.#hosts.keys()) if (!known.has(id)) this.#hosts.delete(id)
    for (const record of records) this.put(record)
  }

  /** Reads some hosts again, after a lost race. */
  async reload(ids: string[]): Promise<void> {
    const records = await this.#read(ids)
    for (const id of ids) if (!records.some((record) => record.id === id)) this.#hosts.delete(id)
    for (const record of records) this.put(record)
  }

  /** Takes over a newer record of a host. */
  put(record: HostRecord): void {
    const old = this.#hosts.get(record.id)
    if (old && old.generation > record.generation) return
    this.#hosts.set(record.id, hostState(record))
  }

  /** Takes over the row of a host event. Anything else is ignored. */
  putEvent(data: unknown): void {
    const record = fromEvent(data)
    if (record) this.put(record)
  }
}

/** Event rows hold dates as text. */
function fromEvent(data: unknown): HostRecord | null {
  if (typeof data !== 'object' || data === null || !('id' in data) || !('generation' in data)) return null
  const row = data as Omit<HostRecord, 'createdAt' | 'updatedAt' | 'services'> & {
    createdAt: string
    updatedAt: string
    services: { role: string; lastSeenAt: string; pid: number; version: string }[]
  }
  return {
    ...row,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
    services: row.services.map((service) => ({ ...service, lastSeenAt: new Date(service.lastSeenAt) })),
  }
}
