import { type Db, newId, type Operation, type Prisma } from '@nephos/db'
import type { Logger } from 'pino'
import type { Bus } from '../bus/connect.ts'
import type { CloudEvent } from '../catalogue/events.ts'
import { type JobName, jobSubject, jobs } from '../catalogue/jobs.ts'
import { queuedOperations } from '../consume/backlog.ts'
import { operationIdOf } from '../consume/dead-letter.ts'
import { failOperation } from '../operation/finish.ts'
import { operationEvent } from '../operation/row.ts'
import type { OutboxRow, Relay } from '../outbox/relay.ts'

/** The job that carries an operation on. */
export interface OperationJob {
  name: JobName
  payload: Prisma.InputJsonObject
  host?: string
}

/** What the sweep needs. */
export interface StuckSweep {
  db: Db
  bus: Bus
  relay: Pick<Relay, 'kick'>
  log: Logger
  publish: (event: CloudEvent) => Promise<void>
  /** The job of an operation, from its kind and resource; null when its work is not a job. */
  jobFor: (operation: Operation) => Promise<OperationJob | null> | OperationJob | null
  /** How long an operation may show no sign of life (60 s unless set). */
  idleMs?: number
}

/** Deliveries after which an operation that never ends is ended. */
const mostAttempts = 30

/**
 * Finds operations that have work left, no live holder and no message anywhere, and enqueues their jobs again: the
 * twin of the queue, for messages that were lost with NATS's disk. Takes no input; run it under a lease.
 * @returns how many were enqueued
 */
export async function sweepStuckOperations(sweep: StuckSweep): Promise<number> {
  const { db, bus, relay, log, publish, jobFor, idleMs = 60_000 } = sweep
  const link = bus.now()
  if (!link) return 0
  const idle = new Date(Date.now() - idleMs)
  const candidates = await db.operation.findMany({
    where: {
      status: { in: ['queued', 'running', 'undoing'] },
      updatedAt: { lt: idle },
      OR: [{ leaseExpiresAt: null }, { leaseExpiresAt: { lt: idle } }],
    },
    orderBy: { updatedAt: 'asc' },
    take: 200,
  })
  if (candidates.length === 0) return 0
  const waiting = await db.outbox.findMany({
    where: { channel: 'job' },
    select: { payload: true },
    take: 5_000,
  })
  const unsent = new Set(waiting.map(({ payload }) => operationIdOf(Buffer.from(JSON.stringify(payload)))))
  const backlogs = new Map<string, Set<string> | null>()
  let enqueued = 0
  for (const operation of candidates) {
    const job = unsent.has(operation.id) ? null : await jobFor(operation)
    if (!job) continue
    const subject = jobSubject(job.name, job.host)
    if (!backlogs.has(subject)) backlogs.set(subject, await queuedOperations(link, subject))
    const backlog = backlogs.get(subject)
    if (!backlog || backlog.has(operation.id)) continue
    if (operation.attempt >= mostAttempts) {
      const ended = await failOperation(db, operation.id, {
        code: 'internal',
        message: `The work was begun ${operation.attempt} times and never came to an end.`,
      })
      if (ended) await publish(operationEvent(ended, 'updated'))
      log.error(
        { operationId: operation.id, attempt: operation.attempt },
        'an operation was ended as hopeless',
      )
      continue
    }
    const row = outboxRow(operation, job, subject)
    const written = await db.$transaction(async (tx) => {
      // Also moves `updatedAt`, so that the next sweep lets it be for a while.
      const { count } = await tx.operation.updateMany({
        where: { id: operation.id, leaseToken: operation.leaseToken, updatedAt: operation.updatedAt },
        data: { message: operation.message },
      })
      if (count > 0) await tx.outbox.create({ data: row })
      return count > 0
    })
    if (!written) continue
    relay.kick([row])
    log.warn({ operationId: operation.id, job: job.name }, 'a stuck operation was enqueued again')
    enqueued++
  }
  return enqueued
}

const outboxRow = (operation: Operation, { name, payload }: OperationJob, subject: string) =>
  ({
    id: newId(),
    channel: 'job',
    subject,
    payload: jobs[name].payload.parse(payload) as Prisma.InputJsonObject,
    headers: {
      'Nephos-Request-Id': operation.requestId,
      'Nephos-Job': name,
      'Nephos-Job-Version': String(jobs[name].version),
    },
  }) satisfies OutboxRow
