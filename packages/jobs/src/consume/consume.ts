import { setMaxListeners } from 'node:events'
import { AckPolicy, type ConsumerMessages, DeliverPolicy } from '@nats-io/jetstream'
import { nanos } from '@nats-io/nats-core'
import { type Link, sleep } from '../bus/connect.ts'
import { streams } from '../bus/streams.ts'
import { hostToken, type JobDefinition, type JobRole, jobs } from '../catalogue/jobs.ts'
import { deliver, type Post } from './deliver.ts'
import type { JobHandlers } from './handler.ts'

/** Which jobs a worker takes, and what it does with them. */
export interface ConsumeOptions {
  role: JobRole
  /** The worker's host for jobs that are addressed to a host; leave out for jobs that any worker may take. */
  host?: string
  handlers: JobHandlers
  /** Jobs at once. */
  concurrency?: number
  /** Waits before redeliveries, in place of the catalogue's. */
  backoffMs?: readonly number[]
  /** How long `stop` waits for running jobs to hand their work back. */
  graceMs?: number
}

/** A worker's standing intake of jobs. */
export interface Consumption {
  /** Jobs being worked on now. */
  running: () => number
  /** Takes no more jobs, interrupts those that run, and waits until they are handed back. */
  stop: () => Promise<void>
}

/** Takes jobs from the queue until stopped, through every outage of NATS. */
export function consume(
  base: Omit<Post, 'handlers' | 'signal' | 'backoffMs'>,
  options: ConsumeOptions,
): Consumption {
  const { role, host, handlers, concurrency = 8, backoffMs, graceMs = 10_000 } = options
  const { bus } = base.office
  const target = host ? hostToken(host) : 'any'
  const stopping = new AbortController()
  // Every running job listens; that many are no leak.
  setMaxListeners(0, stopping.signal)
  const log = base.log.child({ role, queue: target })
  const post: Post = { ...base, log, handlers, backoffMs, signal: stopping.signal }
  const running = new Set<Promise<void>>()
  let pull: ConsumerMessages | undefined

  const taken: JobDefinition[] = Object.values(jobs).filter(
    (job) => job.role === role && (job.address === 'host') === Boolean(host),
  )
  for (const job of taken)
    if (!(handlers as Record<string, unknown>)[job.name])
      log.warn({ job: job.name }, 'no handler for this job')

  const open = async ({ jsm, js }: Link) => {
    const durable = `${role}-${target}`
    await jsm.consumers.add(streams.jobs.name, {
      durable_name: durable,
      filter_subject: `job.${role}.${target}.>`,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(Math.max(30_000, ...taken.map((job) => job.ackWaitMs))),
      // Deliveries are counted here, not by the server: a message that the server stops delivering would stay in the
      // stream with nobody to tell its operation.
      max_deliver: -1,
      max_ack_pending: 10_000,
    })
    return js.consumers.get(streams.jobs.name, durable)
  }

  const work = async () => {
    while (!stopping.signal.aborted) {
      const link = await bus.ready(stopping.signal).catch(() => undefined)
      if (!link) return
      try {
        const consumer = await open(link)
        while (!stopping.signal.aborted && bus.now() === link) {
          const free = concurrency - running.size
          if (free <= 0) {
            await Promise.race(running)
            continue
          }
          // Never more than what can start at once: a message that waits in a buffer grows old and comes twice.
          pull = await consumer.fetch({ max_messages: free, expires: 20_000 })
          for await (const message of pull) {
            const done: Promise<void> = deliver(post, message).finally(() => running.delete(done))
            running.add(done)
          }
        }
      } catch (error) {
        if (stopping.signal.aborted) return
        if (bus.now() === link) log.warn({ err: error }, 'taking jobs was interrupted')
        await sleep(500, stopping.signal)
      }
    }
  }

  const restart = bus.onStatus(() => void pull?.close())
  const working = work()
  return {
    running: () => running.size,
    stop: async () => {
      stopping.abort(new Error('the process is ending'))
      restart()
      await pull?.close()
      await working
      await Promise.race([Promise.allSettled(running), sleep(graceMs)])
    },
  }
}
