import { type Db, newId, openDb, type Prisma } from '@nephos/db'
import { createTestDatabase } from '@nephos/db/testing'
import { pino } from 'pino'
import { type OpenBus, openBus } from '../bus/open.ts'
import { type JobName, jobSubject, jobs } from '../catalogue/jobs.ts'
import { startTestNats, type TestNats } from './nats.ts'

/** A database and a NATS server of one test file. */
export interface TestWorld {
  db: Db
  databaseUrl: string
  nats: TestNats
  /** Opens the queue as one more process would. Closed with the world. */
  open: (name: string, options?: { host?: string }) => OpenBus
  /** Writes a queued operation. @returns its id */
  operation: (values?: Partial<Prisma.OperationCreateManyInput>) => Promise<string>
  /** Writes the outbox row of a job. @returns the row, for `relay.kick` */
  enqueue: (name: JobName, payload: unknown, options?: EnqueueOptions) => Promise<TestOutboxRow>
  stop: () => Promise<void>
}

/** Where and when a test's job goes. */
export interface EnqueueOptions {
  host?: string
  version?: number
  notBefore?: Date
  createdAt?: Date
}

/** A row of the outbox as a test wrote it. */
export interface TestOutboxRow {
  id: string
  channel: string
  subject: string
  payload: unknown
  headers: Record<string, string>
}

/** Starts both; call it in `beforeAll` of an integration test, and `stop` in `afterAll`. */
export async function startTestWorld(): Promise<TestWorld> {
  const [database, nats] = await Promise.all([createTestDatabase(), startTestNats()])
  const db = openDb(database.url)
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })
  const opened: OpenBus[] = []
  return {
    db,
    databaseUrl: database.url,
    nats,
    open: (name, { host } = {}) => {
      const bus = openBus({ url: nats.url, name, db, log, host })
      opened.push(bus)
      return bus
    },
    operation: async (values) => {
      const id = newId()
      await db.operation.create({
        data: {
          id,
          kind: 'test',
          requestId: `req-${id}`,
          resourceType: 'instance',
          resourceId: newId(),
          input: {},
          ...values,
        },
      })
      return id
    },
    enqueue: async (name, payload, { host, version, notBefore, createdAt } = {}) => {
      const row = {
        id: newId(),
        channel: 'job',
        subject: jobSubject(name, host),
        payload: payload as Prisma.InputJsonObject,
        headers: {
          'Nephos-Request-Id': 'req-test',
          'Nephos-Job': name,
          'Nephos-Job-Version': String(version ?? jobs[name].version),
        },
      }
      await db.outbox.create({
        data: { ...row, ...(notBefore && { notBefore }), ...(createdAt && { createdAt }) },
      })
      return row
    },
    stop: async () => {
      await Promise.all(opened.map((bus) => bus.close()))
      await db.$disconnect()
      await Promise.all([database.drop(), nats.stop()])
    },
  }
}

/** Waits until the condition holds. @throws Error when it does not within `timeoutMs` */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
  what = 'the condition',
): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what} did not hold within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
