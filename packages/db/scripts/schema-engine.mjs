#!/usr/bin/env node
import { randomUUID } from 'node:crypto'
// Stand-in for Prisma's Rust schema-engine: same argv + JSON-RPC-over-stdio protocol, served by
// @prisma/schema-engine-wasm through a driver adapter. Use: PRISMA_SCHEMA_ENGINE_BINARY=<this file>
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import * as bg from '@prisma/schema-engine-wasm/schema_engine_bg'

const require = createRequire(import.meta.url)
const wasmPath = require
  .resolve('@prisma/schema-engine-wasm')
  .replace(/schema_engine\.js$/, 'schema_engine_bg.wasm')
const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), { './schema_engine_bg.js': bg })
bg.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start?.()
const { values: a, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
  },
})
const log = (level, message, extra = {}) =>
  process.stderr.write(
    JSON.stringify({
      timestamp: new Date().toISOString(),
      level,
      fields: { message, ...extra },
      target: 'schema_engine::logger',
    }) + '\n',
  )
const dsUrl = a.datasource ? JSON.parse(a.datasource).url : undefined
const url = dsUrl
const shadow = a.datasource ? JSON.parse(a.datasource).shadowDatabaseUrl : undefined
function provider() {
  for (const f of a.datamodels ?? []) {
    const m = /datasource\s+\w+\s*\{[^}]*provider\s*=\s*"(\w+)"/.exec(readFileSync(f, 'utf8'))
    if (m) return m[1]
  }
  if (/^postgres(ql)?:/.test(url)) return 'postgresql'
  if (/^(mysql|mariadb):/.test(url)) return 'mysql'
  return 'sqlite'
}
async function factory(url = dsUrl) {
  const p = provider()
  if (p === 'postgresql') {
    const { PrismaPg } = await import('@prisma/adapter-pg')
    const u = new URL(url)
    const schema = u.searchParams.get('schema') ?? undefined
    u.searchParams.delete('schema')
    return new PrismaPg(
      {
        host: u.searchParams.get('host') ?? u.hostname,
        port: +(u.port || 5432),
        user: decodeURIComponent(u.username),
        password: decodeURIComponent(u.password),
        database: decodeURIComponent(u.pathname.slice(1)),
      },
      { schema },
    )
  }
  if (p === 'mysql') {
    const { PrismaMariaDb } = await import('@prisma/adapter-mariadb')
    return new PrismaMariaDb(url.replace(/^mysql:/, 'mariadb:'))
  }
  if (process.env.SE_SQLITE === 'libsql') {
    const { PrismaLibSql } = await import('@prisma/adapter-libsql')
    return new PrismaLibSql({ url })
  }
  const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3')
  return new PrismaBetterSqlite3({ url })
}
let enginePromise
const engine = () =>
  (enginePromise ??= (async () => {
    const datamodels = (a.datamodels ?? []).map((f) => [f, readFileSync(f, 'utf8')])
    const f = url
      ? await factory()
      : await (async () => {
          const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3')
          return new PrismaBetterSqlite3({ url: ':memory:' })
        })()
    return bg.SchemaEngine.new(
      { datamodels: datamodels.length ? datamodels : undefined },
      (m) => {
        if (process.env.SE_DEBUG) process.stderr.write(m + '\n')
      },
      bindMigrationAwareSqlAdapterFactory(migrationAware(f)),
    )
  })())
// Gaps of the WASM engine + adapters 7.10, closed here:
//  - sqlite: a missing _prisma_migrations surfaces as P1014 instead of "not initialised" -> answer like an empty table until it exists
//  - adapter-pg refuses the catalog type "char" (oid 18) -> rerun through node-postgres with unknown types as text
const Col = ColumnTypeEnum
const pgType = (oid) =>
  ({
    21: Col.Int32,
    23: Col.Int32,
    20: Col.Int64,
    26: Col.Int64,
    700: Col.Float,
    701: Col.Double,
    16: Col.Boolean,
    1082: Col.Date,
    1114: Col.DateTime,
    1184: Col.DateTime,
    1700: Col.Numeric,
    114: Col.Json,
    3802: Col.Json,
    2950: Col.Uuid,
    17: Col.Bytes,
    18: Col.Text,
    1005: Col.Int32Array,
    1007: Col.Int32Array,
    1016: Col.Int64Array,
    1028: Col.Int64Array,
    1000: Col.BooleanArray,
    1002: Col.TextArray,
    1003: Col.TextArray,
    1009: Col.TextArray,
    1015: Col.TextArray,
  })[oid] ?? Col.Text
function patch(adapter) {
  const orig = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (q) => {
    try {
      return await orig(q)
    } catch (e) {
      if (process.env.SE_DEBUG) console.error('queryRaw', q.sql, e.cause)
      const k = e?.cause?.kind
      if (k === 'UnsupportedNativeDataType' && adapter.provider === 'postgres') {
        const r = await adapter.underlyingDriver().query({ text: q.sql, values: q.args, rowMode: 'array' })
        return {
          columnNames: r.fields.map((f) => f.name),
          columnTypes: r.fields.map((f) => pgType(f.dataTypeID)),
          rows: r.rows.map((row) => row.map((v) => (typeof v === 'bigint' ? String(v) : v))),
        }
      }
      if (
        adapter.provider === 'sqlite' &&
        k === 'TableDoesNotExist' &&
        /FROM `_prisma_migrations`/.test(q.sql)
      )
        return { columnNames: [], columnTypes: [], rows: [] }
      throw e
    }
  }
  // the engine replays whole migration files into the shadow database with raw_cmd, better-sqlite3 takes one statement only
  const exec = adapter.executeRaw.bind(adapter)
  adapter.executeRaw = async (q) => (q.args?.length ? exec(q) : (await adapter.executeScript(q.sql), 0))
  return adapter
}
async function connectToShadowDb() {
  if (provider() === 'sqlite') {
    const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3')
    return new PrismaBetterSqlite3({ url: ':memory:' }).connect()
  }
  // adapter-pg drops the shadow database before closing its own pool: do it in the right order
  if (shadow) {
    const ad = await (await factory(shadow)).connect()
    await ad.executeScript('DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public')
    return ad
  }
  const name = 'prisma_migrate_shadow_db_' + randomUUID().replaceAll('-', '')
  const main = await (await factory()).connect()
  await main.executeScript(`CREATE DATABASE "${name}"`)
  const u = new URL(url)
  u.pathname = '/' + name
  const ad = await (await factory(u.href)).connect(),
    dispose = ad.dispose.bind(ad)
  ad.dispose = async () => {
    await dispose()
    await main.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
    await main.dispose()
  }
  return ad
}
function migrationAware(f) {
  return {
    provider: f.provider,
    adapterName: f.adapterName,
    connect: async () => patch(await f.connect()),
    connectToShadowDb: async () => patch(await connectToShadowDb()),
  }
}
function toError(e) {
  const msg = e?.message ?? String(e)
  return {
    code: 4466,
    message: 'An error happened. Check the data field for details.',
    data: {
      is_panic: e instanceof WebAssembly.RuntimeError,
      message: msg,
      meta: e?.meta ?? null,
      error_code: e?.code ?? null,
    },
  }
}
if (positionals[0] === 'cli') {
  // can-connect-to-database | create-database | drop-database
  try {
    if (provider() !== 'sqlite' || positionals[1] === 'create-database') {
      const ad = await (await factory()).connect()
      await ad.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] })
      await ad.dispose()
    }
    process.exit(0)
  } catch (e) {
    log('ERROR', e.message, { error_code: e?.cause?.kind === 'DatabaseDoesNotExist' ? 'P1003' : 'P1001' })
    process.exit(1)
  }
}
const map = {
  diff: async (e, p) => {
    const r = await e.diff(p)
    if (r.stdout != null) await print(r.stdout)
    return { exitCode: r.exitCode }
  },
  getDatabaseVersion: (e, p) => e.version(p),
  reset: async (e, p) => {
    if (provider() !== 'sqlite') return e.reset(p)
    for (const x of ['', '-wal', '-shm', '-journal'])
      rmSync(url.replace(/^file:(\/\/)?/, '') + x, { force: true })
    enginePromise = undefined
    return {}
  },
  createDatabase: async () => ({ databaseName: '' }),
}
let printId = 1e6
function print(content) {
  process.stdout.write(
    JSON.stringify({ jsonrpc: '2.0', id: ++printId, method: 'print', params: { content } }) + '\n',
  )
}
const rl = createInterface({ input: process.stdin })
let pending = 0,
  closed = false
rl.on('line', async (line) => {
  const m = JSON.parse(line)
  if (!m.method) return
  pending++
  try {
    const e = await engine()
    const result = await (map[m.method] ? map[m.method](e, m.params) : e[m.method](m.params))
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: m.id, result: result ?? {} }) + '\n')
  } catch (e) {
    if (process.env.SE_DEBUG) console.error(e)
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: m.id, error: toError(e) }) + '\n')
  } finally {
    if (--pending === 0 && closed) process.exit(0)
  }
})
rl.on('close', () => {
  closed = true
  if (!pending) process.exit(0)
})
