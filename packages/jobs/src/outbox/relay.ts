import { headers as newHeaders } from '@nats-io/nats-core'
import type { Db } from '@nephos/db'
import type { Logger } from 'pino'
import type { Bus, Link } from '../bus/connect.ts'
import { operationIdOf } from '../consume/dead-letter.ts'
import { failOperation } from '../operation/finish.ts'

/** A row of the outbox as the relay takes it. Channel `live` is sent and forgotten, and is in no table. */
export interface OutboxRow {
  id: string
  channel: string
  subject: string
  payload: unknown
  headers: unknown
}

/** Publishes what transactions left in the outbox. */
export interface Relay {
  /** Publishes committed rows now, in order. Never throws; what cannot be sent stays in the table for {@link sweep}. */
  kick: (rows: readonly OutboxRow[]) => void
  /** Publishes rows that were left behind or have become due. @returns how many were published */
  sweep: () => Promise<number>
  /** Waits until everything kicked so far was published and deleted, or given over to the sweeper. */
  idle: () => Promise<void>
}

/** Options of {@link openRelay}. */
export interface RelayOptions {
  db: Db
  bus: Bus
  log: Logger
  /** How old a row must be until the sweeper takes it. */
  leftBehindMs?: number
}

const windowSize = 500
const mostWaiting = 20_000
const deleteAfterMs = 40

/** Opens the relay of this process. Any number of processes may relay the same table: NATS drops the doubles. */
export function openRelay({ db, bus, log, leftBehindMs = 2_000 }: RelayOptions): Relay {
  const encoder = new TextEncoder()
  let waiting: OutboxRow[] = []
  let published: string[] = []
  let draining: Promise<void> | undefined
  let deleting: Promise<void> | undefined

  /** True when the row is settled: stored by NATS, or beyond hope and recorded as that. */
  const send = async (link: Link, row: OutboxRow): Promise<boolean> => {
    const data = encoder.encode(JSON.stringify(row.payload))
    const headers = newHeaders()
    if (row.headers && typeof row.headers === 'object')
      for (const [key, value] of Object.entries(row.headers))
        if (typeof value === 'string') headers.set(key, value.replaceAll(/[\r\n]+/g, ' '))
    if (row.channel === 'live') {
      link.nc.publish(row.subject, data, { headers })
      return false
    }
    const most = link.nc.info?.max_payload ?? 1_048_576
    if (data.length > most - 4_096) {
      log.error({ subject: row.subject, bytes: data.length }, 'a message is too large for NATS')
      const operationId = row.channel === 'job' ? operationIdOf(data) : undefined
      if (operationId)
        await failOperation(db, operationId, {
          code: 'too_large',
          message: `The job takes ${data.length} bytes, NATS takes at most ${most}.`,
        })
      return true
    }
    await link.js.publish(row.subject, data, { msgID: row.id, headers, timeout: 5_000 })
    return true
  }

  const publish = async (rows: readonly OutboxRow[]): Promise<number> => {
    const link = bus.now()
    if (!link) return 0
    const results = await Promise.allSettled(rows.map((row) => send(link, row)))
    let count = 0
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected') {
        if (bus.now() === link)
          log.warn({ err: result.reason, subject: rows[index]!.subject }, 'publishing failed')
      } else if (result.value) {
        published.push(rows[index]!.id)
        count++
      }
    }
    if (published.length > 0) deleting ??= remove()
    return count
  }

  const remove = async () => {
    await new Promise((resolve) => setTimeout(resolve, deleteAfterMs))
    const ids = published
    published = []
    deleting = undefined
    try {
      for (let at = 0; at < ids.length; at += 1_000)
        await db.outbox.deleteMany({ where: { id: { in: ids.slice(at, at + 1_000) } } })
    } catch (error) {
      // The sweeper publishes them again, NATS drops the doubles, and then they are deleted.
      log.warn({ err: error, rows: ids.length }, 'published rows could not be deleted')
    }
  }

  const drain = async () => {
    while (waiting.length > 0) {
      const rows = waiting.slice(0, windowSize)
      waiting = waiting.slice(rows.length)
      await publish(rows)
    }
    draining = undefined
  }

  const sweep = async () => {
    let total = 0
    while (bus.now()) {
      const now = Date.now()
      const rows = await db.outbox.findMany({
        where: { notBefore: { lte: new Date(now) }, createdAt: { lte: new Date(now - leftBehindMs) } },
        orderBy: { id: 'asc' },
        take: windowSize,
      })
      const count = rows.length > 0 ? await publish(rows) : 0
      await deleting
      total += count
      if (count < windowSize) return total
    }
    return total
  }

  return {
    sweep,
    kick: (rows) => {
      // While NATS is down memory must not fill up with what the table already holds.
      if (!bus.now() || waiting.length + rows.length > mostWaiting) return
      waiting = waiting.length === 0 ? [...rows] : waiting.concat(rows)
      draining ??= Promise.resolve().then(drain)
    },
    idle: async () => {
      while (draining || deleting) await (draining ?? deleting)
    },
  }
}
