import {
  hostSeries,
  instanceSeries,
  loadBlocks,
  type OwnedBlock,
  packBlock,
  type Services,
  storeBlocks,
} from '@nephos/core'
import type { Logger } from 'pino'
import type { ComputeDriver } from '../driver.ts'
import type { LinkCounters, Samples } from '../samples.ts'
import { Followers } from './followers.ts'
import { History } from './history.ts'
import { Owners } from './owners.ts'
import { hostRates, type MachineLook, machineRates } from './rates.ts'

/** What the measurements of one host need. */
export interface SamplerDeps {
  services: Pick<Services, 'db' | 'log'>
  driver: Pick<ComputeDriver, 'samples'>
  hostName: string
  hostId: string
  log: Logger
  /** From one look to the next, in ms. */
  intervalMs: number
  /** Sends what somebody follows. */
  publish: (samples: { at: number; values: Record<string, (number | null)[]> }) => void
}

/** A machine at its last look. */
export interface Looked extends MachineLook {
  ports: { id: string; counters: LinkCounters }[]
}

/** Of so many resources one is written each minute: the others have grown on in memory. */
const turns = 5
const sparkMinutes = 30
const restoreMs = 2 * 3_600_000
const patienceMs = 5_000

/** Measures one host and its machines, remembers the last hour, and writes what is to be kept. */
export class MetricsSampler {
  readonly #deps: SamplerDeps
  readonly #owners: Owners
  readonly #followers = new Followers()
  readonly #histories = new Map<string, History>()
  #machines = new Map<string, Looked>()
  #host: Samples['host'] | undefined
  #looking = false

  constructor(deps: SamplerDeps) {
    this.#deps = deps
    this.#owners = new Owners(deps.services, deps.hostName)
  }

  /** Machines at the last look, whose owners are known. */
  get machines(): ReadonlyMap<string, Looked> {
    return this.#machines
  }
  /** The host at the last look. */
  get host(): Samples['host'] | undefined {
    return this.#host
  }
  get owners(): Owners {
    return this.#owners
  }

  /** Takes back what a former worker wrote, so that plots and minutes go on. */
  async restore(now = Date.now()): Promise<void> {
    const { services, hostName } = this.#deps
    for (const { resourceId, block } of await loadBlocks(services.db, hostName, new Date(now - restoreMs)))
      this.#history(resourceId).restore(block)
  }

  /** One look. A look that takes longer than its period is not joined by a second one. */
  async look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    const reading = this.#deps.driver.samples().finally(() => {
      this.#looking = false
    })
    const samples = await inTime(reading)
    if (samples) await this.#take(samples)
  }

  /**
   * Writes what has grown: the resources whose turn it is in this minute, in one statement (`all`: everything, before
   * the worker ends). What cannot be written is tried again at its next turn.
   */
  async flush(now = Date.now(), all = false): Promise<number> {
    const turn = Math.floor(now / 60_000) % turns
    const blocks: OwnedBlock[] = []
    for (const [resourceId, history] of this.#histories) {
      if (all || turnOf(resourceId) === turn)
        for (const block of history.take(now, all)) blocks.push({ resourceId, ...block })
    }
    try {
      await storeBlocks(this.#deps.services.db, this.#deps.hostName, blocks)
    } catch (error) {
      for (const { resourceId, ...block } of blocks) this.#histories.get(resourceId)?.giveBack([block])
      this.#deps.log.warn({ err: error, blocks: blocks.length }, 'measurements could not be written')
    }
    for (const [id, history] of this.#histories) if (!history.prune(now)) this.#histories.delete(id)
    return blocks.length
  }

  /** What is remembered of one resource, packed. */
  recent(id: string): { startsAt: number; data: string }[] {
    const blocks = this.#histories.get(id)?.blocks() ?? []
    return blocks.map((block) => ({
      startsAt: block.startsAt,
      data: Buffer.from(packBlock(block)).toString('base64'),
    }))
  }

  /** The last half hour by the minute, for lists. What is unknown is left out. */
  summary(ids: readonly string[], now = Date.now()) {
    const cpu = (id: string) => this.#histories.get(id)?.minutes(0, sparkMinutes, now)
    return Object.fromEntries(
      ids.flatMap((id) => {
        const minutes = cpu(id)
        if (!minutes || minutes.every((value) => value === null)) return []
        const { memoryUsed = null } =
          id === this.#deps.hostId ? (this.#host ?? {}) : (this.#machines.get(id) ?? {})
        return [[id, { cpu: minutes, memoryUsed }]]
      }),
    )
  }

  /** Publishes new measurements of these for the next 30 seconds. */
  follow(ids: readonly string[]): void {
    this.#followers.add(ids, Date.now())
  }

  async #take({ machines, links, host }: Samples): Promise<void> {
    const { hostId } = this.#deps
    await this.#owners.refresh(
      machines.map(({ instanceId }) => instanceId),
      host.at,
    )
    const measured: [string, number, number[]][] = [[hostId, host.at, hostRates(this.#host, host)]]
    const seen = new Map<string, Looked>()
    for (const machine of machines) {
      const owner = this.#owners.get(machine.instanceId)
      if (!owner) continue
      const ports = owner.ports.flatMap(({ id, tap }) => {
        const counters = links.get(tap)
        return counters ? [{ id, counters }] : []
      })
      const before = this.#machines.get(machine.instanceId)
      const looked: Looked = { ...machine, ports, network: together(ports, before) }
      seen.set(machine.instanceId, looked)
      measured.push([machine.instanceId, machine.at, machineRates(before, looked)])
    }
    this.#machines = seen
    this.#host = host
    for (const [id, at, values] of measured) this.#history(id).add(at, values)
    this.#tell(host.at, measured)
  }

  #tell(at: number, measured: readonly [string, number, number[]][]): void {
    const followed = this.#followers.now(at)
    if (followed.size === 0) return
    const values = Object.fromEntries(
      measured
        .filter(([id]) => followed.has(id))
        .map(([id, , numbers]) => [
          id,
          numbers.map((value) => (Number.isNaN(value) ? null : Number(value.toPrecision(4)))),
        ]),
    )
    this.#deps.publish({ at, values })
  }

  #history(id: string): History {
    const known = this.#histories.get(id)
    if (known) return known
    const series = id === this.#deps.hostId ? hostSeries.length : instanceSeries.length
    const history = new History(series, this.#deps.intervalMs)
    this.#histories.set(id, history)
    return history
  }
}

/** All ports of a machine together; null when they are not those of the look before, so that no port counts as a burst. */
function together(ports: Looked['ports'], before: Looked | undefined): LinkCounters | null {
  const same = before?.ports.map(({ id }) => id).join() === ports.map(({ id }) => id).join()
  if (ports.length === 0 || (before && before.ports.length > 0 && !same)) return null
  const sum = { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 }
  for (const { counters } of ports) {
    sum.rxBytes += counters.rxBytes
    sum.txBytes += counters.txBytes
    sum.rxPackets += counters.rxPackets
    sum.txPackets += counters.txPackets
  }
  return sum
}

/** In which of the minutes a resource is written; ids end at random. */
const turnOf = (id: string): number => Number.parseInt(id.slice(-6), 16) % turns || 0

const inTime = <T>(promise: Promise<T>): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), patienceMs)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
