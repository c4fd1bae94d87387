import { setTimeout as sleep } from 'node:timers/promises'
import type { MovePart, RequestInput, RequestOutput } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { type Json, type PartContext, parts } from './parts.ts'

interface Work {
  controller: AbortController
  settled: Promise<void>
  outcome?: { result: Json } | { error: unknown }
  message: string | null
  doneBytes: number | null
  totalBytes: number | null
}

/** An answer is held back this long, so that short work needs one question only. */
const patienceMs = 2_000

/**
 * What this host does for moves that are led elsewhere: parts that go on while nobody asks, and that end with this
 * process; whoever leads asks again and they begin anew, which they do not mind.
 */
export class MoveDesk {
  readonly #deps: ComputeDeps
  readonly #works = new Map<string, Work>()

  constructor(deps: ComputeDeps) {
    this.#deps = deps
  }

  /**
   * Does a part, or says how far it is.
   * @throws NephosError what made the part fail; told once
   */
  async work({
    migrationId,
    part,
    input,
  }: RequestInput<'migration.work'>): Promise<RequestOutput<'migration.work'>> {
    const key = `${migrationId} ${part}`
    // Nothing else may go on for a move that is taken back.
    if (part === 'abort') await this.#endOthers(migrationId, key)
    const work = this.#works.get(key) ?? this.#begin(key, { migrationId, part, input })
    const waited = new AbortController()
    await Promise.race([
      work.settled,
      sleep(patienceMs, undefined, { signal: waited.signal, ref: false }).catch(() => {}),
    ])
    waited.abort()
    const { outcome, message, doneBytes, totalBytes } = work
    if (!outcome) return { done: false, message, doneBytes, totalBytes, result: null }
    this.#works.delete(key)
    if ('error' in outcome) throw outcome.error
    return { done: true, message, doneBytes, totalBytes, result: outcome.result }
  }

  /** Ends what goes on. */
  async close(): Promise<void> {
    for (const { controller } of this.#works.values()) controller.abort()
    await Promise.all([...this.#works.values()].map(({ settled }) => settled))
  }

  async #endOthers(migrationId: string, but: string): Promise<void> {
    const others = [...this.#works].filter(([key]) => key.startsWith(`${migrationId} `) && key !== but)
    for (const [, { controller }] of others) controller.abort()
    await Promise.all(others.map(([, { settled }]) => settled))
    for (const [key] of others) this.#works.delete(key)
  }

  #begin(
    key: string,
    { migrationId, part, input }: { migrationId: string; part: MovePart; input: Json },
  ): Work {
    const controller = new AbortController()
    const work: Work = {
      controller,
      settled: Promise.resolve(),
      message: null,
      doneBytes: null,
      totalBytes: null,
    }
    const context: PartContext = {
      deps: this.#deps,
      migrationId,
      input,
      signal: controller.signal,
      progress: (message, doneBytes, totalBytes) => Object.assign(work, { message, doneBytes, totalBytes }),
    }
    work.settled = parts[part](context).then(
      (result) => {
        work.outcome = { result: result ?? null }
      },
      (error: unknown) => {
        work.outcome = { error }
      },
    )
    this.#works.set(key, work)
    return work
  }
}
