import {
  type InstanceChanges,
  type InstanceRecord,
  instanceChanged,
  instanceSelect,
  mutate,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import { restartAfterCrash } from './auto-restart.ts'
import { crashedChanges, noteCrash } from './crash.ts'
import type { ComputeDeps } from './deps.ts'
import type { MachineEvent } from './driver.ts'

const collectMs = 250
const triesForReady = 240
const hasGuest: readonly string[] = ['active', 'rescued']

/**
 * Brings what machines do by themselves into the database: a guest that powered off is stopped, one that crashed is
 * stopped with a fault, one that has booted is ready. What cannot be written now is found by the power-state
 * reconciler.
 */
export class GuestEvents {
  readonly #deps: ComputeDeps
  readonly #ready = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> = Promise.resolve()

  constructor(deps: ComputeDeps) {
    this.#deps = deps
  }

  /** Takes an event of the driver. Returns at once. */
  take({ instanceId, kind }: MachineEvent): void {
    if (kind === 'guest-ready') {
      this.#ready.set(instanceId, 0)
      this.#schedule()
      return
    }
    if (kind === 'reset') this.#ready.delete(instanceId)
    this.#working = this.#working
      .then(() => this.#write(instanceId, kind))
      .catch((error: unknown) =>
        this.#deps.log.warn({ err: error, instanceId, kind }, 'an event of a machine could not be written'),
      )
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#working
  }

  get #ctx() {
    return systemCtx(this.#deps.services, `compute on ${this.#deps.hostName}`)
  }

  async #write(id: string, kind: 'powered-off' | 'crashed' | 'reset'): Promise<void> {
    await mutate(this.#ctx, async (tx) => {
      const record = await tx.db.instance.findUnique({ where: { id }, select: instanceSelect })
      // While a task is under way, its saga says what the instance is in the end.
      if (!record || record.taskState !== null || record.host?.name !== this.#deps.hostName) return
      const changes = changesFor(kind, record)
      const written = changes && (await writeInstanceState(tx.db, record, changes))
      if (!written) return
      if (kind === 'crashed' && written.vmState === 'stopped') noteCrash(tx, written, this.#deps.hostName)
      instanceChanged(tx, 'updated', written)
    })
    if (kind === 'crashed') await restartAfterCrash(this.#deps, id)
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#working = this.#working
        .then(() => this.#writeReady())
        .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'readiness could not be written'))
        .then(() => {
          if (this.#ready.size > 0) this.#schedule()
        })
    }, collectMs)
  }

  /** Many guests at a time. One whose task is still under way is tried again: its saga would overwrite the row shown. */
  async #writeReady(): Promise<void> {
    const ids = [...this.#ready.keys()].slice(0, 500)
    const guestReadyAt = new Date()
    const written = await mutate(this.#ctx, async (tx) => {
      const idle = await tx.db.instance.findMany({
        where: { id: { in: ids }, taskState: null },
        select: instanceSelect,
      })
      const records: InstanceRecord[] = []
      const fresh = idle.filter((record) => record.guestReadyAt === null && hasGuest.includes(record.vmState))
      if (fresh.length > 0) {
        await tx.db.instance.updateMany({
          where: { id: { in: fresh.map(({ id }) => id) }, guestReadyAt: null },
          data: { guestReadyAt },
        })
        records.push(...fresh.map((record) => ({ ...record, guestReadyAt })))
      }
      for (const record of records) instanceChanged(tx, 'updated', record)
      return idle.map(({ id }) => id)
    })
    const settled = new Set(written)
    for (const id of ids) {
      const tries = (this.#ready.get(id) ?? 0) + 1
      if (settled.has(id) || tries > triesForReady) this.#ready.delete(id)
      else this.#ready.set(id, tries)
    }
  }
}

function changesFor(
  kind: 'powered-off' | 'crashed' | 'reset',
  record: InstanceRecord,
): InstanceChanges | null {
  if (kind === 'reset') return record.guestReadyAt ? { guestReadyAt: null } : null
  const powerState = kind === 'powered-off' ? 4 : 6
  // A rescue goes on without its machine until it is ended.
  if (record.vmState === 'rescued') return { powerState, guestReadyAt: null }
  if (record.vmState !== 'active' && record.vmState !== 'paused') return null
  return kind === 'powered-off' ? { vmState: 'stopped', powerState, guestReadyAt: null } : crashedChanges()
}
