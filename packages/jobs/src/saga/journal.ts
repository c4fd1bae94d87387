import {
  type Operation,
  type OperationStatus,
  type OperationStep,
  Prisma,
  type StepStatus,
  writeJournal,
} from '@nephos/db'
import { operationEvent } from '../operation/row.ts'
import { LeaseLost } from './errors.ts'
import type { SagaTools } from './tools.ts'

type StepRow = Pick<
  OperationStep,
  'position' | 'name' | 'status' | 'attempt' | 'output' | 'errorMessage' | 'startedAt' | 'endedAt'
>
interface Entry {
  row: StepRow
  dirty: boolean
}
type Patch = Partial<
  Pick<Operation, 'status' | 'progress' | 'message' | 'errorCode' | 'errorMessage' | 'startedAt' | 'endedAt'>
> & { errorDetail?: Prisma.InputJsonValue }

/** What happened to a lease from outside. */
export interface JournalSignals {
  onLost: () => void
  onCancelRequested: () => void
}

const progressMs = 250

/**
 * What one holder of an operation has done and not yet written. Writes are few and fenced: each one carries the
 * lease's token, renews the lease, and fails when somebody else took over.
 */
export class Journal {
  readonly #tools: SagaTools
  readonly #signals: JournalSignals
  readonly #entries = new Map<number, Entry>()
  readonly #renewal: NodeJS.Timeout
  #operation: Operation
  #patch: Patch = {}
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<unknown> = Promise.resolve()
  #writtenAt = 0
  #expiresAt: number
  #closed = false

  constructor(tools: SagaTools, operation: Operation, signals: JournalSignals) {
    this.#tools = tools
    this.#operation = operation
    this.#signals = signals
    this.#expiresAt = operation.leaseExpiresAt?.getTime() ?? Date.now()
    if (!operation.startedAt) this.patch({ startedAt: new Date() })
    this.#renewal = setInterval(() => this.#renew(), this.#leaseMs / 3)
    this.announce('updated')
  }

  get operation(): Operation {
    return this.#operation
  }

  get #leaseMs(): number {
    return this.#tools.leaseMs ?? 15_000
  }

  /** Takes over the rows that earlier holders left. */
  restore(rows: readonly OperationStep[]): void {
    for (const row of rows) this.#entries.set(row.position, { row: { ...row }, dirty: false })
  }

  step(position: number): StepRow | undefined {
    return this.#entries.get(position)?.row
  }

  /** Notes what became of a step; written soon, together with whatever else happens. */
  mark(position: number, name: string, status: StepStatus, change: Partial<StepRow> = {}): void {
    const entry = this.#entries.get(position) ?? {
      row: {
        position,
        name,
        status,
        attempt: 0,
        output: null,
        errorMessage: null,
        startedAt: null,
        endedAt: null,
      },
      dirty: true,
    }
    const now = new Date()
    const started = status === 'running' && {
      attempt: entry.row.attempt + 1,
      startedAt: now,
      endedAt: null,
      errorMessage: null,
    }
    const ended = status !== 'running' && { endedAt: now }
    Object.assign(entry.row, started, ended, { status }, change)
    entry.dirty = true
    this.#entries.set(position, entry)
    this.#schedule(this.#tools.flushMs ?? 100)
  }

  /** Changes the operation itself; written with the next flush. */
  patch(change: Patch): void {
    this.#operation = { ...this.#operation, ...change, errorDetail: this.#operation.errorDetail }
    this.#patch = { ...this.#patch, ...change }
  }

  /** Shows how far the work is: written and announced at most four times a second. */
  progress(message: string, percent?: number): void {
    const progress =
      percent === undefined ? this.#operation.progress : Math.round(Math.max(0, Math.min(100, percent)))
    if (message === this.#operation.message && progress === this.#operation.progress) return
    this.patch({ message, progress })
    this.#schedule(Math.max(this.#tools.flushMs ?? 100, this.#writtenAt + progressMs - Date.now()))
  }

  /**
   * Writes everything noted so far; with `renew` also when there is nothing. @throws LeaseLost
   * @returns whether there was anything to write
   */
  flush(renew = false): Promise<boolean> {
    const written = this.#writing.then(() => this.#write(renew))
    this.#writing = written.catch(() => undefined)
    return written
  }

  /** Ends the operation: what is still unwritten, its last status, and the event that tells. @throws LeaseLost */
  async finish(status: OperationStatus, change: Patch = {}): Promise<void> {
    await this.#writing
    if (this.#closed) throw new LeaseLost(this.#operation.id)
    this.#stop()
    this.patch({ message: '', ...change, status, endedAt: new Date() })
    await this.#store({ ...this.#patch, leaseOwner: null, leaseExpiresAt: null }, this.#dirty())
    await this.#tools.publish(operationEvent(this.#operation, 'updated'))
  }

  /** Lets the operation go without ending it, so that the next delivery can go on at once. */
  async release(message?: string): Promise<void> {
    if (message !== undefined) this.patch({ message })
    await this.flush()
    this.#stop()
    await this.#tools.db.operation.updateMany({
      where: { id: this.#operation.id, leaseToken: this.#operation.leaseToken },
      data: { leaseOwner: null, leaseExpiresAt: null },
    })
    this.announce('updated')
  }

  /** Sends the operation as it is now; may be lost. */
  announce(change: 'updated' | 'progress'): void {
    this.#tools.announce(operationEvent(this.#operation, change))
  }

  /** Drops everything, as the death of the process would. */
  abandon(): void {
    this.#stop()
  }

  #stop() {
    this.#closed = true
    clearInterval(this.#renewal)
    clearTimeout(this.#timer)
  }

  #schedule(delay: number) {
    if (this.#closed || this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.flush()
        .then((written) => {
          if (written && !this.#closed) this.announce('progress')
        })
        .catch((error) => this.#failed(error))
    }, delay)
  }

  #renew() {
    if (Date.now() - this.#writtenAt >= this.#leaseMs / 4)
      this.flush(true).catch((error) => this.#failed(error))
  }

  #failed(error: unknown) {
    if (error instanceof LeaseLost || this.#closed) return
    this.#tools.log.warn({ err: error, operationId: this.#operation.id }, 'the journal could not be written')
    if (Date.now() > this.#expiresAt) this.#signals.onLost()
    else this.#schedule(1_000)
  }

  #dirty(): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.dirty)
  }

  async #write(renew: boolean): Promise<boolean> {
    if (this.#closed) return false
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = this.#dirty()
    const patch = this.#patch
    if (!renew && entries.length === 0 && Object.keys(patch).length === 0) return false
    const expiresAt = Date.now() + this.#leaseMs
    // Cleared before writing, so that what happens meanwhile is kept for the next time; put back when it fails.
    this.#patch = {}
    for (const entry of entries) entry.dirty = false
    try {
      await this.#store({ ...patch, leaseExpiresAt: new Date(expiresAt) }, entries)
      this.#writtenAt = Date.now()
      this.#expiresAt = expiresAt
      return true
    } catch (error) {
      this.#patch = { ...patch, ...this.#patch }
      for (const entry of entries) entry.dirty = true
      if (!(error instanceof LeaseLost)) throw error
      this.#stop()
      this.#signals.onLost()
      throw error
    }
  }

  async #store(operation: Record<string, unknown>, entries: readonly Entry[]): Promise<void> {
    const { id, leaseToken } = this.#operation
    const written = await writeJournal(this.#tools.db, {
      operationId: id,
      leaseToken,
      operation,
      steps: entries.map(({ row }) => this.#data(row)),
    })
    if (!written) throw new LeaseLost(id)
    if (written.cancelRequested && !this.#operation.cancelRequested) {
      this.#operation = { ...this.#operation, cancelRequested: true }
      this.#signals.onCancelRequested()
    }
  }

  #data(row: StepRow) {
    return {
      ...row,
      host: this.#tools.host ?? null,
      output: row.output === null ? Prisma.DbNull : (row.output as Prisma.InputJsonValue),
    }
  }
}
