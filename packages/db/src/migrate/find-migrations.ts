import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One migration as it lies on disk. */
export interface Migration {
  /** Name of its folder: `20260101000000_initial`. */
  name: string
  sql: string
  /** SHA-256 of the file in hex, as Prisma records it. */
  checksum: string
}

const folder = join('prisma', 'postgresql', 'migrations')

/**
 * The folder with the migrations: `NEPHOS_MIGRATIONS_DIR`, or `prisma/postgresql/migrations` in the nearest directory
 * above this file (the source, or the app that it was bundled into) or above the working directory.
 * @throws Error when there is none
 */
export function findMigrationsDir(): string {
  const configured = process.env.NEPHOS_MIGRATIONS_DIR
  if (configured) return resolve(configured)
  for (const start of [dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let at = start; ; at = dirname(at)) {
      if (existsSync(join(at, folder))) return join(at, folder)
      if (at === dirname(at)) break
    }
  }
  throw new Error(`The migrations were not found. Set NEPHOS_MIGRATIONS_DIR to the folder ${folder}.`)
}

/**
 * Every migration in `dir`, oldest first.
 * @throws Error when there is none: that is a broken installation, not an empty history
 */
export function readMigrations(dir: string): Migration[] {
  const migrations = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const sql = readFileSync(join(dir, name, 'migration.sql'))
      return { name, sql: sql.toString('utf8'), checksum: createHash('sha256').update(sql).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  if (migrations.length === 0) throw new Error(`There are no migrations in ${dir}.`)
  return migrations
}
