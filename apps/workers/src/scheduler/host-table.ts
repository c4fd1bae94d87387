import { busyTasks, type HostRecord, type PlacedAggregate, type PlacementReader } from '@nephos/core'
import type { CloudEvent } from '@nephos/jobs'
import { type AggregateState, type HostState, hostState, lastSeenMs } from './host-state.ts'

/**
 * Every host in memory, with its aggregates and the work under way there: read once, then kept up by events and by what
 * this scheduler claims itself, and compared with the database from time to time. It may be behind; the claim finds
 * that out.
 */
export class HostTable {
  #hosts = new Map<string, HostState>()
  #list: readonly HostState[] | null = null
  #aggregates = new Map<string, PlacedAggregate>()
  #aggregateKeys: ReadonlySet<string> = new Set()
  /** Host by instance that keeps it at work. */
  #busy = new Map<string, string>()
  readonly #read: PlacementReader

  constructor(read: PlacementReader) {
    this.#read = read
  }

  /** The hosts by name. Do not change it. */
  get all(): readonly HostState[] {
    this.#list ??= [...this.#hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    return this.#list
  }

  /** Every key that the metadata of some aggregate has. */
  get aggregateKeys(): ReadonlySet<string> {
    return this.#aggregateKeys
  }

  get(id: string): HostState | undefined {
    return this.#hosts.get(id)
  }

  /**
   * Compares with the database, and reads the hosts that changed. What was claimed while the queries ran is not lost: an
   * older generation never replaces a newer one.
   */
  async refresh(): Promise<void> {
    const [marks, aggregates, busy] = await Promise.all([
      this.#read.marks(),
      this.#read.aggregates(),
      this.#read.busy(),
    ])
    const known = new Set(marks.map(({ id }) => id))
    for (const id of this.#hosts.keys()) if (!known.has(id)) this.#remove(id)
    this.#aggregates = new Map(aggregates.map((aggregate) => [aggregate.id, aggregate]))
    this.#joinAggregates()
    this.#countBusy(busy)
    const changed: string[] = []
    for (const { id, generation, services } of marks) {
      const host = this.#hosts.get(id)
      if (!host || host.generation < generation) changed.push(id)
      else {
        host.services = services
        host.lastSeenMs = lastSeenMs(services)
      }
    }
    if (changed.length > 0) await this.reload(changed)
  }

  /** Reads some hosts again, after a lost race. */
  async reload(ids: string[]): Promise<void> {
    const records = await this.#read.hosts(ids)
    const found = new Set(records.map(({ id }) => id))
    for (const id of ids) if (!found.has(id)) this.#remove(id)
    for (const record of records) this.put(record)
  }

  /** Takes over a newer record of a host. */
  put(record: HostRecord): void {
    const old = this.#hosts.get(record.id)
    if (old && old.generation > record.generation) return
    const aggregates = old?.aggregates ?? this.#aggregatesOf(record.id)
    const ioOps = old?.ioOps ?? [...this.#busy.values()].filter((hostId) => hostId === record.id).length
    this.#hosts.set(record.id, hostState(record, { aggregates, ioOps }))
    this.#list = null
  }

  /** Takes over the row of an event about a host, an aggregate or an instance. Anything else is ignored. */
  putEvent({ noun, change, id, data }: Pick<CloudEvent, 'noun' | 'change' | 'id' | 'data'>): void {
    if (noun === 'host') {
      const record = fromEvent(data)
      if (change === 'deleted') this.#remove(id)
      else if (record) this.put(record)
    } else if (noun === 'instance') this.#instanceEvent(id, data)
    else if (noun === 'aggregate') {
      const row = data as PlacedAggregate | null
      if (change === 'deleted') this.#aggregates.delete(id)
      else if (row && Array.isArray(row.hostIds)) this.#aggregates.set(id, row)
      this.#joinAggregates()
    }
  }

  /** Work begins on a host. */
  begin(instanceId: string, hostId: string): void {
    this.#end(instanceId)
    const host = this.#hosts.get(hostId)
    if (!host) return
    this.#busy.set(instanceId, hostId)
    host.ioOps++
  }

  #end(instanceId: string): void {
    const hostId = this.#busy.get(instanceId)
    if (hostId === undefined) return
    this.#busy.delete(instanceId)
    const host = this.#hosts.get(hostId)
    if (host) host.ioOps = Math.max(0, host.ioOps - 1)
  }

  /** Which host it is on is not in the event; work that begins elsewhere is counted by the next comparison. */
  #instanceEvent(id: string, data: unknown): void {
    if (!this.#busy.has(id)) return
    const task = (data as { taskState?: string | null } | null)?.taskState
    if (!task || !busyTasks.includes(task)) this.#end(id)
  }

  #countBusy(rows: { id: string; hostId: string }[]): void {
    this.#busy = new Map(rows.map(({ id, hostId }) => [id, hostId]))
    for (const host of this.#hosts.values()) host.ioOps = 0
    for (const { hostId } of rows) {
      const host = this.#hosts.get(hostId)
      if (host) host.ioOps++
    }
  }

  #remove(id: string): void {
    this.#hosts.delete(id)
    this.#list = null
  }

  #aggregatesOf(hostId: string): AggregateState[] {
    return [...this.#aggregates.values()].filter(({ hostIds }) => hostIds.includes(hostId))
  }

  #joinAggregates(): void {
    const byHost = new Map<string, AggregateState[]>()
    const keys = new Set<string>()
    for (const { id, name, metadata, hostIds } of this.#aggregates.values()) {
      for (const key of Object.keys(metadata)) keys.add(key)
      for (const hostId of hostIds)
        byHost.set(hostId, [...(byHost.get(hostId) ?? []), { id, name, metadata }])
    }
    this.#aggregateKeys = keys
    for (const host of this.#hosts.values()) host.aggregates = byHost.get(host.id) ?? []
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
