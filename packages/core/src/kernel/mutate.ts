import { insertRows, isWriteConflict, type NewRows, newId, Prisma, type Tx } from '@nephos/db'
import {
  type CloudEvent,
  eventSubject,
  type JobName,
  type JobPayload,
  jobSubject,
  jobs,
  type OperationRow,
  operationEvent,
} from '@nephos/jobs'
import { traceparent } from '@nephos/tracing'
import type { Ctx, OutboxMessage } from './context.ts'
import type { Json } from './errors.ts'
import { LostRace } from './lost-race.ts'

/** What a change says about itself in the audit log. */
export interface AuditEntry {
  verb: string
  resourceType: string
  resourceId: string
  resourceName?: string
  projectId?: string | null
  detail?: Json
}

/** The asynchronous work that a change starts. */
export interface NewOperation {
  /** Name of the saga: `instance-create`. */
  kind: string
  projectId: string | null
  resourceType: string
  resourceId: string
  resourceName: string
  input?: Json
}

/**
 * A transaction in which a change is made. Everything said here commits together or not at all; jobs and events are
 * published after the commit.
 */
export interface MutationTx {
  db: Tx
  audit: (entry: AuditEntry) => void
  /** @returns the new operation's id */
  operation: (operation: NewOperation) => string
  job: <Name extends JobName>(
    name: Name,
    payload: JobPayload<Name>,
    options?: { host?: string; notBefore?: Date },
  ) => void
  event: (event: Omit<CloudEvent, 'at'>) => void
  /** Rows that nothing else in the transaction reads: they are written at its end, in one statement with the above. */
  insert: (rows: NewRows) => void
}

const maxAttempts = 5

/**
 * Runs `change` in one transaction (or in the one the context already has) and publishes what it enqueued once it
 * has committed. A transaction that lost a race inside the database is run again, so `change` must not have effects
 * outside of it.
 */
export async function mutate<T>(ctx: Ctx, change: (tx: MutationTx) => Promise<T>): Promise<T> {
  if (ctx.tx) return change(ctx.tx)
  for (let attempt = 1; ; attempt++) {
    let outbox: OutboxMessage[] = []
    try {
      const result = await ctx.db.$transaction(
        async (db) => {
          const recorder = record(ctx, db)
          const value = await change(recorder.tx)
          outbox = await recorder.flush()
          return value
        },
        { maxWait: 10_000, timeout: 20_000 },
      )
      if (outbox.length > 0) ctx.relay.kick(outbox)
      return result
    } catch (error) {
      const lost = isWriteConflict(error) || error instanceof LostRace
      if (!lost || attempt >= maxAttempts) throw error
    }
  }
}

function record(ctx: Ctx, db: Tx) {
  const audits: Prisma.AuditCreateManyInput[] = []
  const operations: Prisma.OperationCreateManyInput[] = []
  const outbox: (OutboxMessage & { notBefore: Date })[] = []
  const inserts: NewRows[] = []
  const user = ctx.actor.kind === 'user' ? ctx.actor : undefined
  const userId = ctx.actor.kind === 'system' ? ctx.actor.forUserId : user?.userId
  const at = new Date()
  const parent = traceparent()

  const enqueue = (
    channel: 'job' | 'event',
    subject: string,
    payload: unknown,
    headers: Record<string, string>,
    notBefore = at,
  ) =>
    outbox.push({
      id: newId(),
      channel,
      subject,
      payload: payload as Json,
      headers: { 'Nephos-Request-Id': ctx.requestId, ...(parent && { traceparent: parent }), ...headers },
      notBefore,
    })

  const tx: MutationTx = {
    db,
    audit: ({ resourceName = '', projectId, detail, ...entry }) =>
      audits.push({
        id: newId(),
        at,
        requestId: ctx.requestId,
        actorType: ctx.actor.kind,
        userId,
        userName: user?.userName ?? (ctx.actor.kind === 'system' ? ctx.actor.name : ''),
        projectId: projectId === undefined ? (user?.project?.id ?? null) : projectId,
        resourceName,
        detail: (detail ?? Prisma.DbNull) as Prisma.AuditCreateManyInput['detail'],
        address: ctx.address,
        ...entry,
      }),
    operation: ({ input, ...operation }) => {
      const id = newId()
      operations.push({
        id,
        ...operation,
        input: input ?? {},
        userId: userId ?? null,
        requestId: ctx.requestId,
        createdAt: at,
      })
      return id
    },
    job: (name, payload, { host, notBefore } = {}) =>
      enqueue(
        'job',
        jobSubject(name, host),
        jobs[name].payload.parse(payload),
        { 'Nephos-Job': name, 'Nephos-Job-Version': String(jobs[name].version) },
        notBefore,
      ),
    insert: (rows) => inserts.push(rows),
    event: (event) => enqueue('event', eventSubject(event), { ...event, at: at.toISOString() }, {}),
  }

  const flush = async () => {
    for (const operation of operations) tx.event(operationEvent(queued(operation, at), 'created'))
    const messages = outbox.map((row) => ({ ...row, payload: row.payload as Prisma.InputJsonValue }))
    await insertRows(db, [
      ...inserts,
      { table: 'Operation', rows: operations },
      { table: 'Audit', rows: audits },
      { table: 'Outbox', rows: messages },
    ])
    return outbox.filter(({ notBefore }) => notBefore <= at)
  }

  return { tx, flush }
}

/** An operation as it is right after its creation, as lists show it. */
const queued = (operation: Prisma.OperationCreateManyInput, createdAt: Date): OperationRow => ({
  ...operation,
  projectId: operation.projectId ?? null,
  userId: operation.userId ?? null,
  resourceName: operation.resourceName ?? '',
  status: 'queued',
  progress: 0,
  message: '',
  errorCode: null,
  errorMessage: null,
  createdAt,
  startedAt: null,
  endedAt: null,
  cancelRequested: false,
})
