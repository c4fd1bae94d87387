// Writes a migration from the difference between the migrations and the data model, with a throw-away PostgreSQL:
//   npm run migration -w @nephos/db -- add-volumes     a further migration
//   npm run migration -w @nephos/db -- --initial       the single initial migration anew, while nothing is released
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '../src/migrate/migrate.ts'
import { createTestDatabase, testServerVariable } from '../src/testing/database.ts'
import { startTestPostgres } from '../src/testing/postgres.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')
const migrationsDir = join(root, 'prisma/postgresql/migrations')
const lockFile = `# Names the provider that this history is for.\nprovider = "postgresql"\n`

const [argument = ''] = process.argv.slice(2)
const initial = argument === '--initial'
if (!initial && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(argument))
  fail('Give the migration a name of lower-case words joined by hyphens, such as: add-volumes')

mkdirSync(migrationsDir, { recursive: true })
const server = await startTestPostgres()
try {
  const sql = difference(server.url)
  if (!sql) fail('The data model and the migrations agree: there is nothing to write.')
  const name = initial ? '00000000000000_initial' : `${timestamp()}_${argument.replaceAll('-', '_')}`
  if (initial) for (const folder of folders()) rmSync(join(migrationsDir, folder), { recursive: true })
  mkdirSync(join(migrationsDir, name), { recursive: true })
  writeFileSync(join(migrationsDir, 'migration_lock.toml'), lockFile)
  writeFileSync(join(migrationsDir, name, 'migration.sql'), `${sql}\n`)
  await check(server.url)
  console.log(`prisma/postgresql/migrations/${name}/migration.sql`)
} finally {
  await server.stop()
}

function folders(): string[] {
  return readdirSync(migrationsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

function difference(url: string): string {
  const from = initial ? ['--from-empty'] : ['--from-migrations', migrationsDir]
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(here, 'prisma.mjs'), 'migrate', 'diff', ...from, '--to-schema', 'prisma/postgresql', '--script'],
    { encoding: 'utf8', env: { ...process.env, DATABASE_URL: url } },
  )
  if (status !== 0) fail(stderr || stdout)
  return stdout.includes('This is an empty migration') ? '' : stdout.trim()
}

/** The written history must apply from nothing. */
async function check(url: string): Promise<void> {
  process.env[testServerVariable] = url
  const database = await createTestDatabase({ empty: true })
  await migrate(database.url, { migrationsDir })
}

function timestamp(): string {
  return new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
}

function fail(message: string): never {
  throw new Error(message)
}
