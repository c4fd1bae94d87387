import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, type NephosConfig } from '@nephos/config'
import { type Db, openDb } from '@nephos/db'
import { createTestDatabase } from '@nephos/db/testing'
import type { CloudEvent } from '@nephos/jobs'
import { pino } from 'pino'
import { seedIdentity } from '../identity/seed/identity.ts'
import { NephosError, type OutboxMessage, type Services } from '../kernel/index.ts'

/** A cloud for one test file: its own database and state directory, no workers. */
export interface TestCloud {
  services: Services
  db: Db
  /** URL of the database, for processes that a test starts. */
  databaseUrl: string
  config: NephosConfig
  /** Outbox rows that were handed to the relay, in order. */
  kicked: OutboxMessage[]
  /** Events sent without the outbox (progress). */
  announced: CloudEvent[]
  /** Id of the built-in domain. */
  domainId: string
  /** Deletes everything. */
  close: () => Promise<void>
}

/** Options of {@link createTestCloud}. */
export interface TestCloudOptions {
  /** Settings that differ from the defaults. */
  config?: Partial<NephosConfig>
  /** Means of the process that a test replaces, such as `ask`. */
  services?: Partial<Services>
}

/**
 * Makes a {@link TestCloud} with the domain `default` and the four roles. Nobody answers `ask`, and what is handed to
 * the relay is recorded.
 */
export async function createTestCloud({ config: overrides, services: replaced }: TestCloudOptions = {}) {
  const home = await mkdtemp(join(tmpdir(), 'nephos-test-'))
  const database = await createTestDatabase()
  const config = loadConfig({ env: {}, cwd: home, overrides: { home, ...overrides } })
  const db = openDb(database.url)
  const kicked: OutboxMessage[] = []
  const announced: CloudEvent[] = []
  const services: Services = {
    db,
    config,
    log: pino({ level: 'silent' }),
    relay: { kick: (rows) => kicked.push(...rows) },
    ask: async (host) => {
      throw new NephosError('unavailable', `The host ${host} does not answer.`)
    },
    announce: (event) => announced.push(event),
    ...replaced,
  }
  const domainId = await seedIdentity(db)
  const cloud: TestCloud = {
    services,
    db,
    databaseUrl: database.url,
    config,
    kicked,
    announced,
    domainId,
    close: async () => {
      await db.$disconnect()
      await database.drop()
      await rm(home, { recursive: true, force: true })
    },
  }
  return cloud
}

/** The events among recorded outbox rows as they are published, oldest first. */
export const eventsIn = (rows: readonly OutboxMessage[]): CloudEvent[] =>
  rows
    .filter((row) => row.channel === 'event')
    .map((row): CloudEvent => JSON.parse(JSON.stringify(row.payload)))
