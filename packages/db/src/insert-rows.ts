import type { Tx } from './client.ts'
import { Prisma } from './gen/postgresql/client.ts'

/** The tables that are written in bulk, and what a new row of each takes. */
interface NewRow {
  AddressAllocation: Prisma.AddressAllocationCreateManyInput
  Allocation: Prisma.AllocationCreateManyInput
  Audit: Prisma.AuditCreateManyInput
  Instance: Prisma.InstanceCreateManyInput
  Network: Prisma.NetworkCreateManyInput
  NetworkHost: Prisma.NetworkHostCreateManyInput
  Operation: Prisma.OperationCreateManyInput
  OperationStep: Prisma.OperationStepCreateManyInput
  Outbox: Prisma.OutboxCreateManyInput
  Port: Prisma.PortCreateManyInput
  PortSecurityGroup: Prisma.PortSecurityGroupCreateManyInput
  QuotaUsage: Prisma.QuotaUsageCreateManyInput
  ScheduleAttempt: Prisma.ScheduleAttemptCreateManyInput
  SecurityGroup: Prisma.SecurityGroupCreateManyInput
}

/** Rows for one table. All of them must have the same columns. */
export type NewRows = {
  [Table in keyof NewRow]: { table: Table; rows: readonly NewRow[Table][] }
}[keyof NewRow]

/** Tables whose `updatedAt` the client fills in. */
const stamped: ReadonlySet<keyof NewRow> = new Set([
  'Instance',
  'Network',
  'Operation',
  'Port',
  'SecurityGroup',
])

/**
 * Inserts rows of several tables in one statement, whose text does not depend on how many there are. The rows may refer
 * to each other. @throws the error of the first key that is broken
 */
export async function insertRows(db: Tx, groups: readonly NewRows[]): Promise<void> {
  const inserts = groups.filter(({ rows }) => rows.length > 0)
  const last = inserts.pop()
  if (!last) return
  const before = inserts.map((group, index) => `insert${index} AS (${insertOf(group, index + 1)})`)
  const text = `${before.length > 0 ? `WITH ${before.join(', ')} ` : ''}${insertOf(last, inserts.length + 1)}`
  await db.$executeRawUnsafe(text, ...inserts.map(rowsJson), rowsJson(last))
}

/**
 * Inserts the rows that break no unique key and leaves the others out, without an error that would end the
 * transaction. Rows that a transaction still open has inserted are waited for. Give rows in one order everywhere
 * (sorted by key), so that two callers cannot wait for each other.
 * @returns how many rows were inserted
 */
export async function insertMissing(db: Tx, group: NewRows): Promise<number> {
  if (group.rows.length === 0) return 0
  return db.$executeRawUnsafe(`${insertOf(group, 1)} ON CONFLICT DO NOTHING`, rowsJson(group))
}

/**
 * Inserts like {@link insertMissing}, and says which rows it were.
 * @param column of text that tells the rows apart
 * @returns its values in the rows that were inserted
 */
export async function insertMissingNamed(db: Tx, group: NewRows, column: string): Promise<Set<string>> {
  if (group.rows.length === 0) return new Set()
  const text = `${insertOf(group, 1)} ON CONFLICT DO NOTHING RETURNING "${column}" AS "name"`
  const inserted = await db.$queryRawUnsafe<{ name: string }[]>(text, rowsJson(group))
  return new Set(inserted.map(({ name }) => name))
}

function insertOf({ table, rows }: NewRows, parameter: number): string {
  const names = new Set(stamped.has(table) ? ['updatedAt'] : [])
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) if (value !== undefined) names.add(name)
  const columns = columnList([...names])
  return `INSERT INTO "${table}" (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::"${table}", $${parameter}::json)`
}

/** `"id","name"` */
export const columnList = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(',')

function rowsJson({ table, rows }: NewRows): string {
  const updatedAt = stamped.has(table) ? new Date() : undefined
  return toJson(updatedAt ? rows.map((row) => ({ updatedAt, ...row })) : rows)
}

/** JSON as PostgreSQL turns it back into columns: bytes in hexadecimal, large numbers as text, no broken characters. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value, encode)
  // Only half a pair of surrogates is escaped like this; no database text can hold it.
  return text.includes('\\ud') ? JSON.stringify(value, encodeWellFormed) : text
}

function encode(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return value === Prisma.DbNull ? null : value
}

const encodeWellFormed = (key: string, value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value).toString() : encode(key, value)
