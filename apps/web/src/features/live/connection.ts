import { paths } from '#paths.ts'
import type { LiveEvent } from './apply.ts'

/** How true the page is. `since` is when it last was certain. */
export interface Freshness {
  phase: 'connecting' | 'live' | 'catching-up' | 'stale'
  since: number
}

/** What a {@link LiveConnection} tells its owner. */
export interface LiveHandlers {
  onEvent: (event: LiveEvent) => void
  /** What was missed cannot be told: read everything again. */
  onReset: () => void
  onSessionEnded: () => void
}

type Message =
  | { type: 'event'; event: LiveEvent }
  | { type: 'reset' }
  | { type: 'ended' }
  | { type: 'freshness'; freshness: Freshness }
  | { type: 'who-leads' }

/** The server's tick comes every 15 s; two missed ones and something is wrong. */
const silenceMs = 35_000
const channelName = 'nephos-live'

/**
 * The event stream of a browser. Browsers allow six connections to a server over HTTP/1.1, so one tab (the holder of
 * a Web Lock) opens the stream and tells the others; when it closes, the next one continues at the last event. Where
 * there are no Web Locks (plain http on a name other than localhost) every tab has its own stream.
 */
export class LiveConnection {
  readonly #handlers: LiveHandlers
  readonly #listeners = new Set<() => void>()
  #freshness: Freshness = { phase: 'connecting', since: Date.now() }
  #seq: number | undefined
  #source: EventSource | undefined
  #channel: BroadcastChannel | undefined
  #releaseLock: (() => void) | undefined
  #leads = false
  #closed = false
  #retries = 0
  #lastSign = Date.now()
  #watchdog: ReturnType<typeof setInterval> | undefined
  #retryTimer: ReturnType<typeof setTimeout> | undefined

  /** `seq`: the place in the stream before which everything on the page was read. */
  constructor(handlers: LiveHandlers, seq?: number) {
    this.#handlers = handlers
    this.#seq = seq
  }

  /** Begins. Call {@link close} when the page goes. */
  open(): void {
    this.#closed = false
    this.#lastSign = Date.now()
    this.#watchdog = setInterval(() => this.#checkSilence(), 5_000)
    if (typeof BroadcastChannel === 'undefined' || !navigator.locks) {
      this.#leads = true
      this.#connect()
      return
    }
    this.#channel = new BroadcastChannel(channelName)
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data)
    this.#stand(false)
    this.#channel.postMessage({ type: 'who-leads' } satisfies Message)
  }

  /** Ends it, and lets another tab lead. */
  close(): void {
    this.#closed = true
    this.#leads = false
    clearInterval(this.#watchdog)
    this.#disconnect()
    this.#releaseLock?.()
    this.#releaseLock = undefined
    this.#channel?.close()
    this.#channel = undefined
  }

  /** Connects again, for another session or project, at the same place. What is cached is the caller's to clear. */
  restart(): void {
    this.close()
    this.#set('connecting')
    this.open()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  snapshot = (): Freshness => this.#freshness

  /** Queues for the lock; its holder keeps it until the tab closes or another takes it. */
  #stand(steal: boolean): void {
    const channel = this.#channel
    navigator.locks
      .request(channelName, { steal }, () => {
        if (this.#closed || this.#channel !== channel) return
        this.#leads = true
        this.#connect()
        return new Promise<void>((release) => {
          this.#releaseLock = release
        })
      })
      .catch(() => {
        // Taken over by a tab that heard nothing from us: be one of the others.
        if (this.#closed || this.#channel !== channel) return
        this.#leads = false
        this.#disconnect()
        this.#stand(false)
      })
  }

  #connect(): void {
    this.#disconnect()
    const source = new EventSource(paths.api.events(this.#seq))
    this.#source = source
    const on = (name: string, handle: (data: string) => void) =>
      source.addEventListener(name, (event) => {
        if (this.#source !== source) return
        this.#lastSign = Date.now()
        handle((event as MessageEvent<string>).data)
      })
    on('change', (data) => this.#take({ type: 'event', event: JSON.parse(data) as LiveEvent }))
    on('ready', (data) => {
      this.#retries = 0
      this.#seq = Math.max(this.#seq ?? 0, (JSON.parse(data) as { seq: number }).seq)
      this.#set('live')
    })
    on('reset', () => {
      this.#seq = undefined
      this.#take({ type: 'reset' })
    })
    on('status', (data) => {
      const { bus, since } = JSON.parse(data) as { bus: 'up' | 'down'; since: string }
      if (bus === 'down') this.#set('stale', Date.parse(since))
      else this.#set('catching-up')
    })
    on('tick', () => this.#tell())
    on('session-ended', () => this.#take({ type: 'ended' }))
    source.onopen = () => {
      this.#lastSign = Date.now()
      this.#set('catching-up')
    }
    source.onerror = () => {
      if (this.#source !== source) return
      this.#goStale()
      // A refusal (401, 503) is final for the browser; a broken connection it mends itself.
      if (source.readyState === EventSource.CLOSED) this.#retry()
    }
  }

  #retry(): void {
    clearTimeout(this.#retryTimer)
    const wait = Math.min(1_000 * 2 ** this.#retries++, 15_000)
    this.#retryTimer = setTimeout(() => this.#leads && !this.#closed && this.#connect(), wait)
  }

  #disconnect(): void {
    clearTimeout(this.#retryTimer)
    this.#source?.close()
    this.#source = undefined
  }

  #hear(message: Message): void {
    if (message.type === 'who-leads') {
      if (this.#leads) this.#tell()
      return
    }
    if (this.#leads) return
    this.#lastSign = Date.now()
    if (message.type === 'freshness') this.#update(message.freshness)
    else this.#handle(message)
  }

  #take(message: Extract<Message, { type: 'event' | 'reset' | 'ended' }>): void {
    this.#channel?.postMessage(message)
    this.#handle(message)
  }

  #handle(message: Extract<Message, { type: 'event' | 'reset' | 'ended' }>): void {
    if (message.type === 'reset') this.#handlers.onReset()
    else if (message.type === 'ended') {
      this.#disconnect()
      this.#goStale()
      this.#handlers.onSessionEnded()
    } else if (this.#seq === undefined || message.event.seq > this.#seq) {
      this.#seq = message.event.seq
      this.#handlers.onEvent(message.event)
    }
  }

  #checkSilence(): void {
    if (Date.now() - this.#lastSign < silenceMs) return
    this.#lastSign = Date.now()
    this.#goStale()
    if (this.#leads) this.#connect()
    else this.#stand(true)
  }

  #goStale(): void {
    if (this.#freshness.phase !== 'stale')
      this.#set('stale', this.#freshness.phase === 'live' ? this.#lastSign : this.#freshness.since)
  }

  #set(phase: Freshness['phase'], since = Date.now()): void {
    this.#update({ phase, since })
    this.#tell()
  }

  #tell(): void {
    if (!this.#leads) return
    const { phase, since } = this.#freshness
    this.#channel?.postMessage({ type: 'freshness', freshness: { phase, since } } satisfies Message)
  }

  #update(freshness: Freshness): void {
    this.#freshness = freshness
    for (const listener of this.#listeners) listener()
  }
}
