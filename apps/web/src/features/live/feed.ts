import { notifyManager, type Query, type QueryClient } from '@tanstack/react-query'
import { applyEvent, type LiveEvent } from './apply.ts'
import type { AnyLiveNoun, LiveScope } from './nouns.ts'

const rememberMs = 20_000
const refetchAfterMs = 400

/**
 * Feeds events into the query cache. Events of one moment are applied together; those of the last seconds are
 * remembered and applied again to an answer that was read before them but arrived after.
 */
export class Feed {
  readonly #client: QueryClient
  readonly #nouns: readonly AnyLiveNoun[]
  #waiting: LiveEvent[] = []
  #recent: { at: number; event: LiveEvent }[] = []
  #stale = new Set<Query>()
  #flushTimer: ReturnType<typeof setTimeout> | undefined
  #refetchTimer: ReturnType<typeof setTimeout> | undefined
  readonly #unsubscribe: () => void

  readonly #scope: () => LiveScope

  constructor(client: QueryClient, nouns: readonly AnyLiveNoun[], scope: () => LiveScope) {
    this.#client = client
    this.#nouns = nouns
    this.#scope = scope
    this.#unsubscribe = client.getQueryCache().subscribe((change) => {
      if (change.type !== 'updated' || change.action.type !== 'success' || change.action.manual) return
      const { query } = change
      // Not inside the notification: a patch would notify again.
      queueMicrotask(() => this.#replay(query))
    })
  }

  /** Takes one event; it is on the page within a frame. */
  push(event: LiveEvent): void {
    this.#waiting.push(event)
    this.#flushTimer ??= setTimeout(() => this.flush(), 16)
  }

  /** Applies what waits. */
  flush(): void {
    clearTimeout(this.#flushTimer)
    this.#flushTimer = undefined
    const events = this.#waiting
    this.#waiting = []
    const now = Date.now()
    this.#recent = this.#recent.filter((entry) => now - entry.at < rememberMs)
    notifyManager.batch(() => {
      for (const event of events) {
        this.#recent.push({ at: now, event })
        for (const query of applyEvent(this.#client, event, this.#nouns, this.#scope()))
          this.#refetchSoon(query)
      }
    })
  }

  /** The stream cannot say what was missed: everything on the page is asked for again. */
  reset(): void {
    this.#waiting = []
    this.#recent = []
    void this.#client.invalidateQueries()
  }

  /** Stops listening to the cache. */
  close(): void {
    clearTimeout(this.#flushTimer)
    clearTimeout(this.#refetchTimer)
    this.#unsubscribe()
  }

  #replay(query: Query): void {
    for (const { event } of this.#recent) applyEvent(this.#client, event, this.#nouns, this.#scope(), query)
  }

  // A burst of creates asks once, not once for each.
  #refetchSoon(query: Query): void {
    this.#stale.add(query)
    this.#refetchTimer ??= setTimeout(() => {
      this.#refetchTimer = undefined
      const queries = [...this.#stale]
      this.#stale.clear()
      for (const { queryKey } of queries) void this.#client.invalidateQueries({ queryKey, exact: true })
    }, refetchAfterMs)
  }
}
