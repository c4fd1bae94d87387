import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { findMigrationsDir, type Migration, readMigrations } from './find-migrations.ts'

/** Options of {@link migrate}. */
export interface MigrateOptions {
  /** Folder of the migrations; see {@link findMigrationsDir} for the default. */
  migrationsDir?: string
  /** How long to wait for another process that is migrating, in milliseconds. */
  lockTimeoutMs?: number
}

/** What {@link migrate} did. */
export interface MigrateResult {
  /** Names of the migrations applied now, oldest first. */
  applied: string[]
  /** How many were there already. */
  alreadyApplied: number
}

interface MigrationRow {
  migration_name: string
  checksum: string
  finished_at: Date | null
  rolled_back_at: Date | null
}

// The number that Prisma's own engine locks, so that the CLI and this runner exclude each other.
const advisoryLock = 72_707_369

const historyTable = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`

/**
 * Brings the database at `url` to the data model of this version, without the Prisma CLI. Safe to call from several
 * processes at once (one works, the others wait) and on every start. A migration and its record commit together, so
 * one that fails leaves nothing behind and is tried again by the next call.
 * @throws Error when the database cannot be reached, its history is not ours, or a migration fails
 */
export async function migrate(
  url: string,
  { migrationsDir = findMigrationsDir(), lockTimeoutMs = 60_000 }: MigrateOptions = {},
): Promise<MigrateResult> {
  const migrations = readMigrations(migrationsDir)
  const client = new Client({ connectionString: url, application_name: 'nephos-migrate' })
  await client.connect()
  try {
    await lock(client, lockTimeoutMs)
    await client.query(historyTable)
    const history = await client.query<MigrationRow>(
      'SELECT migration_name, checksum, finished_at, rolled_back_at FROM "_prisma_migrations" ORDER BY started_at',
    )
    const pending = pendingMigrations(migrations, history.rows)
    for (const migration of pending) await apply(client, migration)
    return {
      applied: pending.map(({ name }) => name),
      alreadyApplied: migrations.length - pending.length,
    }
  } finally {
    // Closing the connection releases the lock.
    await client.end()
  }
}

async function lock(client: Client, timeoutMs: number): Promise<void> {
  await client.query(`SET lock_timeout = ${Math.max(1, Math.trunc(timeoutMs))}`)
  try {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLock])
  } catch (cause) {
    throw new Error(
      `Another process has been migrating the database for ${timeoutMs / 1000} s. Wait for it or end it, then start again.`,
      { cause },
    )
  }
  await client.query('SET lock_timeout = 0')
}

/**
 * What is still to be applied, once the recorded history was found to be a beginning of ours.
 * @throws Error naming the migration that differs, and the remedy
 */
export function pendingMigrations(migrations: Migration[], history: MigrationRow[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  const done = new Set<string>()
  for (const { migration_name: name, checksum, finished_at, rolled_back_at } of history) {
    if (rolled_back_at) continue
    const migration = known.get(name)
    if (!migration)
      throw new Error(
        `The database has the migration ${name}, which this version does not know. Start the newer version of Nephos that made it.`,
      )
    if (!finished_at)
      throw new Error(
        `The migration ${name} was begun by the Prisma CLI and did not finish. Mark it with "prisma migrate resolve --rolled-back ${name}" and start again.`,
      )
    if (checksum !== migration.checksum)
      throw new Error(
        `The migration ${name} was altered after it was applied. Restore its migration.sql and put the change into a new migration.`,
      )
    done.add(name)
  }
  const pending = migrations.filter(({ name }) => !done.has(name))
  const newest = [...done].sort().at(-1)
  const late = pending.find(({ name }) => newest !== undefined && name < newest)
  if (late)
    throw new Error(
      `The migration ${late.name} is older than ${newest}, which the database already has. Give it a later name.`,
    )
  return pending
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK')
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The migration ${name} failed and was rolled back: ${reason}`, { cause })
  }
}
