import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../testing/index.ts'
import { migrate } from './migrate.ts'

let database: TestDatabase
let migrationsDir: string

beforeEach(async () => {
  database = await createTestDatabase({ empty: true })
  migrationsDir = mkdtempSync(join(tmpdir(), 'nephos-migrations-'))
})
afterEach(async () => {
  await database.drop()
  rmSync(migrationsDir, { recursive: true })
})

function write(name: string, sql: string) {
  mkdirSync(join(migrationsDir, name), { recursive: true })
  writeFileSync(join(migrationsDir, name, 'migration.sql'), sql)
}

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

test('applies the history of the repository and then nothing more', async () => {
  const first = await migrate(database.url)
  expect(first.applied[0]).toMatch(/_initial$/)
  expect(await migrate(database.url)).toEqual({ applied: [], alreadyApplied: first.applied.length })
  const rows = await query<{ checksum: string; finished_at: Date; applied_steps_count: number }>(
    'SELECT * FROM "_prisma_migrations"',
  )
  expect(rows).toHaveLength(first.applied.length)
  expect(rows[0]).toMatchObject({ applied_steps_count: 1, finished_at: expect.any(Date) })
  expect(rows[0]?.checksum).toMatch(/^[0-9a-f]{64}$/)
})

test('three processes at once apply everything exactly once', async () => {
  const program = `
    import { migrate } from ${JSON.stringify(new URL('./migrate.ts', import.meta.url).href)}
    console.log(JSON.stringify(await migrate(process.argv[1])))`
  const run = () =>
    promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      program,
      database.url,
    ])
  const outputs = await Promise.all([run(), run(), run()])
  const results = outputs.map(({ stdout }) => JSON.parse(stdout) as { applied: string[] })
  const applied = results.flatMap((result) => result.applied)
  expect(applied.length).toBeGreaterThan(0)
  expect(new Set(applied).size).toBe(applied.length)
  expect(results.filter((result) => result.applied.length > 0)).toHaveLength(1)
})

test('refuses a migration that was altered after it was applied', async () => {
  write('1_first', 'CREATE TABLE "a" ("id" INT)')
  await migrate(database.url, { migrationsDir })
  write('1_first', 'CREATE TABLE "a" ("id" BIGINT)')
  await expect(migrate(database.url, { migrationsDir })).rejects.toThrow(/1_first was altered after/)
})

test('rolls a failing migration back whole, names it, and applies it once it is mended', async () => {
  write('1_first', 'CREATE TABLE "a" ("id" INT)')
  write('2_second', 'CREATE TABLE "b" ("id" INT); CREATE TABLE "a" ("id" INT)')
  await expect(migrate(database.url, { migrationsDir })).rejects.toThrow(
    /2_second failed and was rolled back: .*already exists/,
  )
  expect(await query(`SELECT 1 FROM information_schema.tables WHERE table_name = 'b'`)).toEqual([])
  write('2_second', 'CREATE TABLE "b" ("id" INT)')
  expect(await migrate(database.url, { migrationsDir })).toEqual({ applied: ['2_second'], alreadyApplied: 1 })
})

test('refuses a database that a newer version has migrated', async () => {
  write('1_first', 'CREATE TABLE "a" ("id" INT)')
  write('2_newer', 'CREATE TABLE "b" ("id" INT)')
  await migrate(database.url, { migrationsDir })
  rmSync(join(migrationsDir, '2_newer'), { recursive: true })
  await expect(migrate(database.url, { migrationsDir })).rejects.toThrow(
    /2_newer, which this version does not know/,
  )
})

test('refuses a migration inserted before one that was applied', async () => {
  write('2_second', 'CREATE TABLE "b" ("id" INT)')
  await migrate(database.url, { migrationsDir })
  write('1_late', 'CREATE TABLE "a" ("id" INT)')
  await expect(migrate(database.url, { migrationsDir })).rejects.toThrow(/1_late is older than 2_second/)
})

test('gives up with a reason when another process holds the lock', async () => {
  const holder = new Client({ connectionString: database.url })
  await holder.connect()
  await holder.query('SELECT pg_advisory_lock(72707369)')
  try {
    await expect(migrate(database.url, { lockTimeoutMs: 50 })).rejects.toThrow(/Another process has been/)
  } finally {
    await holder.end()
  }
})

test('test databases are migrated copies, made side by side', async () => {
  const copies = await Promise.all([createTestDatabase(), createTestDatabase()])
  try {
    expect(new Set(copies.map(({ url }) => url)).size).toBe(2)
    for (const copy of copies) expect((await migrate(copy.url)).applied).toEqual([])
  } finally {
    await Promise.all(copies.map((copy) => copy.drop()))
  }
})
