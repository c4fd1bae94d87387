// PostgreSQL for the schema engine: @prisma/adapter-pg with two gaps closed.
import { randomUUID } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils'

/** @param {{ url?: string, shadowDatabaseUrl?: string }} datasource */
export function postgresFactory({ url, shadowDatabaseUrl }) {
  const { provider, adapterName } = new PrismaPg({})
  return {
    provider,
    adapterName,
    connect: () => connect(url),
    connectToShadowDb: () => (shadowDatabaseUrl ? connectEmptied(shadowDatabaseUrl) : createShadow(url)),
  }
}

async function connect(url, database) {
  const adapter = await new PrismaPg(...poolOptions(url, database)).connect()
  return readingCatalogTypes(adapter)
}

// Discrete fields, because a connection string would win over the name of the shadow database.
function poolOptions(url, database) {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const config = {
    host: searchParams.get('host') ?? hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: database ?? decodeURIComponent(pathname.slice(1)),
  }
  return [config, { schema: searchParams.get('schema') ?? undefined }]
}

async function connectEmptied(url) {
  const adapter = await connect(url)
  await adapter.executeScript('DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public')
  return adapter
}

// The adapter's own shadow database is dropped before its connections are closed, which PostgreSQL refuses.
async function createShadow(url) {
  const name = `prisma_migrate_shadow_db_${randomUUID().replaceAll('-', '')}`
  const main = await connect(url)
  await main.executeScript(`CREATE DATABASE "${name}"`)
  const shadow = await connect(url, name)
  const close = shadow.dispose.bind(shadow)
  shadow.dispose = async () => {
    await close()
    await main.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
    await main.dispose()
  }
  return shadow
}

// The engine reads system catalogs, whose column types (such as "char") the adapter refuses: those queries are run
// again on the driver itself, with every type that is not listed read as text.
function readingCatalogTypes(adapter) {
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    try {
      return await queryRaw(query)
    } catch (error) {
      if (error?.cause?.kind !== 'UnsupportedNativeDataType') throw error
      const { fields, rows } = await adapter
        .underlyingDriver()
        .query({ text: query.sql, values: query.args, rowMode: 'array' })
      return {
        columnNames: fields.map((field) => field.name),
        columnTypes: fields.map((field) => columnTypes.get(field.dataTypeID) ?? ColumnTypeEnum.Text),
        rows,
      }
    }
  }
  // Whole migration files arrive here, and a prepared statement takes only one statement.
  const executeRaw = adapter.executeRaw.bind(adapter)
  adapter.executeRaw = async (query) => {
    if (query.args?.length) return executeRaw(query)
    await adapter.executeScript(query.sql)
    return 0
  }
  return adapter
}

/** Object ids of pg_type that the engine's catalog queries return, to the engine's column types. */
const columnTypes = new Map([
  [16, ColumnTypeEnum.Boolean],
  [17, ColumnTypeEnum.Bytes],
  [20, ColumnTypeEnum.Int64],
  [21, ColumnTypeEnum.Int32],
  [23, ColumnTypeEnum.Int32],
  [26, ColumnTypeEnum.Int64],
  [700, ColumnTypeEnum.Float],
  [701, ColumnTypeEnum.Double],
  [1000, ColumnTypeEnum.BooleanArray],
  [1002, ColumnTypeEnum.TextArray],
  [1003, ColumnTypeEnum.TextArray],
  [1005, ColumnTypeEnum.Int32Array],
  [1007, ColumnTypeEnum.Int32Array],
  [1009, ColumnTypeEnum.TextArray],
  [1015, ColumnTypeEnum.TextArray],
  [1016, ColumnTypeEnum.Int64Array],
  [1028, ColumnTypeEnum.Int64Array],
])
