import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Db, openDb } from './client.ts'
import { isForeignKeyViolation, isUniqueViolation } from './errors.ts'
import { Prisma } from './gen/postgresql/client.ts'
import { newId } from './ids.ts'
import { insertMissing, insertMissingNamed, insertRows } from './insert-rows.ts'
import { createTestDatabase } from './testing/index.ts'
import { writeJournal } from './write-journal.ts'

let db: Db
let drop: () => Promise<void>
beforeAll(async () => {
  const database = await createTestDatabase()
  db = openDb(database.url)
  drop = database.drop
})
afterAll(async () => {
  await db.$disconnect()
  await drop()
})

const operation = (fields: Partial<Prisma.OperationCreateManyInput> = {}) => ({
  id: newId(),
  kind: 'test',
  requestId: 'req-1',
  resourceType: 'test',
  resourceId: 'one',
  input: {},
  ...fields,
})
const row = async (id: string) =>
  db.operation.findUniqueOrThrow({ where: { id }, include: { steps: { orderBy: { position: 'asc' } } } })

it('writes the same as the client would, in tables that refer to each other', async () => {
  const createdAt = new Date('2026-01-02T03:04:05.678Z')
  const full = operation({
    resourceName: `a 'quoted' "name" \\ with ünïcode 🚀`,
    input: { deep: [1, 'two', null, { three: 3.5 }], text: '\\ud800 is no half pair' },
    status: 'running',
    leaseToken: 7,
    createdAt,
  })
  const bare = operation({ id: newId() })
  await insertRows(db, [
    { table: 'Operation', rows: [full] },
    { table: 'OperationStep', rows: [{ operationId: full.id, position: 0, name: 'a', output: { b: 1 } }] },
    { table: 'Audit', rows: [] },
  ])
  await insertRows(db, [{ table: 'Operation', rows: [bare] }])
  expect(await row(full.id)).toMatchObject({
    ...full,
    updatedAt: expect.any(Date),
    steps: [{ name: 'a', output: { b: 1 }, status: 'pending' }],
  })
  expect(await row(bare.id)).toMatchObject({ status: 'queued', message: '', errorDetail: null, attempt: 0 })
})

it('replaces half of a pair of surrogates, which no database can hold', async () => {
  const broken = operation({ resourceName: 'half \ud83d pair', input: { text: '\udc00' } })
  await insertRows(db, [{ table: 'Operation', rows: [broken] }])
  expect(await row(broken.id)).toMatchObject({ resourceName: 'half \ufffd pair', input: { text: '\ufffd' } })
})

it('names the key that was broken, and inserts nothing at all then', async () => {
  const first = operation()
  await insertRows(db, [{ table: 'Operation', rows: [first] }])
  const other = operation()
  const twice = insertRows(db, [{ table: 'Operation', rows: [other, first] }])
  expect(await twice.catch(isUniqueViolation)).toBe(true)
  expect(await db.operation.findUnique({ where: { id: other.id } })).toBeNull()
  const orphan = insertRows(db, [
    { table: 'OperationStep', rows: [{ operationId: newId(), position: 0, name: 'a' }] },
  ])
  expect(await orphan.catch(isForeignKeyViolation)).toBe(true)
})

it('inserts only what is missing', async () => {
  const usage = (resource: string) => ({ scope: 'project' as const, scopeId: 'p', resource, used: 0 })
  const insert = (...resources: string[]) =>
    insertMissing(db, { table: 'QuotaUsage', rows: resources.map(usage) })
  expect(await insert('a', 'b')).toBe(2)
  expect(await insert('a', 'b', 'c')).toBe(1)
  expect(await insert()).toBe(0)
  const named = (...resources: string[]) =>
    insertMissingNamed(db, { table: 'QuotaUsage', rows: resources.map(usage) }, 'resource')
  expect(await named('d', 'a', 'e')).toEqual(new Set(['d', 'e']))
  expect(await named('d')).toEqual(new Set())
  expect(await named()).toEqual(new Set())
})

it('writes a journal only for the newest holder of an operation that has not ended', async () => {
  const held = operation({ status: 'running', leaseToken: 2 })
  await insertRows(db, [{ table: 'Operation', rows: [held] }])
  const step = (position: number, status: 'running' | 'done') => ({
    position,
    name: `step ${position}`,
    status,
    output: status === 'done' ? { position } : Prisma.DbNull,
  })
  const write = (leaseToken: number, patch: object, steps = [step(1, 'running')]) =>
    writeJournal(db, { operationId: held.id, leaseToken, operation: { ...patch }, steps })
  expect(await write(1, { progress: 90 })).toBeNull()
  expect((await row(held.id)).steps).toEqual([])
  expect(await write(2, { progress: 10 })).toEqual({ cancelRequested: false })
  expect(await write(2, { progress: 20 }, [step(1, 'done'), step(2, 'running')])).not.toBeNull()
  expect(await write(2, { leaseExpiresAt: new Date(1_000) }, [])).not.toBeNull()
  expect(await row(held.id)).toMatchObject({
    progress: 20,
    leaseExpiresAt: new Date(1_000),
    steps: [step(1, 'done'), { ...step(2, 'running'), output: null }],
  })
  expect(await write(2, { status: 'failed' }, [])).not.toBeNull()
  expect(await write(2, { progress: 30 })).toBeNull()
  expect(await row(held.id)).toMatchObject({ status: 'failed', progress: 20 })
})
