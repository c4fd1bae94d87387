import { type ConsumerMessages, DeliverPolicy } from '@nats-io/jetstream'
import type { Logger } from 'pino'
import { type Bus, type Link, sleep } from '../bus/connect.ts'
import { streams } from '../bus/streams.ts'
import { type CloudEvent, eventSchema, type SequencedEvent } from '../catalogue/events.ts'
import { Ring } from './ring.ts'

/** An event with its JSON, made once for all subscribers. */
export interface HubEvent {
  seq: number
  event: SequencedEvent
  /** The event, with `seq`, as JSON. */
  json: string
}

/** What a subscriber hears: events in order, or that events were missed and everything must be read again. */
export type HubMessage = ({ type: 'event' } & HubEvent) | { type: 'reset'; seq: number }

/** Live: events arrive as they happen. Stale: the last moment at which they did. */
export interface HubStatus {
  live: boolean
  since: Date
}

/** One event subscription a process, fanned out in memory. */
export interface EventHub {
  /**
   * Hears the events that pass the filter: after `fromSeq` when it is given (what was missed comes first, or a
   * `reset` when it is not known any more), otherwise from now on (with a `reset` first when the hub was not live
   * yet, as what the subscriber has read may already be old). @returns a function that ends it
   */
  subscribe: (
    filter: (event: CloudEvent) => boolean,
    fromSeq: number | undefined,
    listener: (message: HubMessage) => void,
  ) => () => void
  status: () => HubStatus
  onStatus: (listener: (status: HubStatus) => void) => () => void
  /** Sequence number of the newest event seen. */
  lastSeq: () => number
  subscribers: () => number
  close: () => Promise<void>
}

interface Subscriber {
  filter: (event: CloudEvent) => boolean
  listener: (message: HubMessage) => void
  /** Where to resume once the hub knows the stream; `now` when no place was given. */
  pending?: number | 'now'
  /** What the subscriber has already seen. */
  seen: number
}

/** Options of {@link openHub}. */
export interface HubOptions {
  bus: Bus
  log: Logger
  /** Events kept for those who come back. */
  keep?: number
  /** Events read back at start. */
  readBack?: number
}

/** Opens the hub: it follows the event stream through every outage of NATS. */
export function openHub({ bus, log, keep = 8_000, readBack = 2_000 }: HubOptions): EventHub {
  const ending = new AbortController()
  const ring = new Ring<HubEvent>(keep)
  const subscribers = new Set<Subscriber>()
  const watchers = new Set<(status: HubStatus) => void>()
  let status: HubStatus = { live: false, since: new Date() }
  let last = 0
  /** The first sequence number of which the ring has had everything since. */
  let covered = 0
  let synced = false
  let feed: ConsumerMessages | undefined

  const setLive = (live: boolean) => {
    if (status.live === live) return
    status = { live, since: new Date() }
    for (const watcher of [...watchers]) watcher(status)
  }
  const tell = (subscriber: Subscriber, message: HubMessage) => {
    try {
      subscriber.listener(message)
    } catch (error) {
      log.error({ err: error }, 'an event listener failed')
    }
  }
  const reset = (subscriber: Subscriber) => {
    subscriber.seen = last
    tell(subscriber, { type: 'reset', seq: last })
  }
  const pass = (subscriber: Subscriber, item: HubEvent) => {
    if (item.seq <= subscriber.seen) return
    subscriber.seen = item.seq
    if (subscriber.filter(item.event)) tell(subscriber, { type: 'event', ...item })
  }

  const resume = (subscriber: Subscriber, fromSeq: number) => {
    subscriber.pending = undefined
    if (fromSeq + 1 < covered) return reset(subscriber)
    subscriber.seen = fromSeq
    if (fromSeq > last) return void verify(subscriber, fromSeq)
    for (const item of ring.after(fromSeq)) pass(subscriber, item)
  }
  /** A place ahead of this process: it lags a little, or the stream was made anew and the place means nothing. */
  const verify = async (subscriber: Subscriber, fromSeq: number) => {
    const link = bus.now()
    const info = await link?.jsm.streams.info(streams.events.name).catch(() => undefined)
    if (!subscribers.has(subscriber) || subscriber.seen > fromSeq) return
    if (!info) subscriber.pending = fromSeq
    else if (info.state.last_seq < fromSeq) reset(subscriber)
  }

  const take = (seq: number, data: string) => {
    last = seq
    const parsed = eventSchema.safeParse(safeJson(data))
    if (!parsed.success) return log.warn({ seq }, 'an event is not valid and was skipped')
    const event: SequencedEvent = { ...parsed.data, seq }
    // The text is there already; writing it again would cost every process as much as reading it.
    const json = `${data.slice(0, data.lastIndexOf('}'))},"seq":${seq}}`
    const item: HubEvent = { seq, event, json }
    const dropped = ring.push(item)
    if (dropped) covered = dropped.seq + 1
    for (const subscriber of subscribers) if (subscriber.pending === undefined) pass(subscriber, item)
  }

  const follow = async (link: Link) => {
    const { state } = await link.jsm.streams.info(streams.events.name)
    const known = synced && state.last_seq >= last && state.first_seq <= last + 1
    const first = known ? last + 1 : Math.max(state.first_seq, state.last_seq - readBack + 1, 1)
    if (!known) {
      ring.clear()
      last = first - 1
      covered = first
    }
    const consumer = await link.js.consumers.get(streams.events.name, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: first,
    })
    feed = await consumer.consume({ max_messages: 1_000 })
    const goal = state.last_seq
    const reached = () => {
      const missed = synced && !known
      synced = true
      setLive(true)
      for (const subscriber of [...subscribers]) {
        const { pending } = subscriber
        if (typeof pending === 'number') resume(subscriber, pending)
        else if (missed || pending === 'now') {
          subscriber.pending = undefined
          reset(subscriber)
        }
      }
    }
    let caughtUp = last >= goal
    if (caughtUp) reached()
    try {
      for await (const message of feed) {
        if (message.seq <= last) continue
        take(message.seq, message.string())
        if (!caughtUp && last >= goal) {
          caughtUp = true
          reached()
        }
      }
    } finally {
      if (bus.now()) await consumer.delete().catch(() => false)
    }
  }

  const run = async () => {
    while (!ending.signal.aborted) {
      const link = await bus.ready(ending.signal).catch(() => undefined)
      if (!link) return
      try {
        await follow(link)
      } catch (error) {
        if (!ending.signal.aborted && bus.now() === link)
          log.warn({ err: error }, 'following events was interrupted')
      }
      setLive(false)
      await sleep(bus.now() === link ? 250 : 0, ending.signal)
    }
  }

  const unwatch = bus.onStatus(() => {
    if (bus.status().state === 'down') setLive(false)
    void feed?.close()
  })
  const running = run()

  return {
    subscribe: (filter, fromSeq, listener) => {
      const subscriber: Subscriber = { filter, listener, seen: last }
      subscribers.add(subscriber)
      if (!synced) subscriber.pending = fromSeq ?? 'now'
      else if (fromSeq !== undefined) resume(subscriber, fromSeq)
      return () => subscribers.delete(subscriber)
    },
    status: () => status,
    onStatus: (listener) => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    lastSeq: () => last,
    subscribers: () => subscribers.size,
    close: async () => {
      ending.abort()
      unwatch()
      await feed?.close()
      await running
      subscribers.clear()
    },
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
