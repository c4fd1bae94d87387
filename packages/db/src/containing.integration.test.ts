import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Db, openDb } from './client.ts'
import { containing } from './containing.ts'
import { newId } from './ids.ts'
import { createTestDatabase } from './testing/index.ts'

const names = ['Web-1', 'web_2', 'WEBX2', '100%', '1000', 'back\\slash', 'ÄRGER']
let db: Db
let drop: () => Promise<void>
beforeAll(async () => {
  const database = await createTestDatabase()
  db = openDb(database.url)
  drop = database.drop
  await db.domain.createMany({ data: names.map((name) => ({ id: newId(), name })) })
})
afterAll(async () => {
  await db.$disconnect()
  await drop()
})

test.each([
  ['web', ['WEBX2', 'Web-1', 'web_2']],
  ['WEB-', ['Web-1']],
  ['b_2', ['web_2']],
  ['0%', ['100%']],
  ['k\\s', ['back\\slash']],
  ['är', ['ÄRGER']],
  ['nothing', []],
])('%s is found in %j', async (part, expected) => {
  const found = await db.domain.findMany({ where: { name: containing(part) }, select: { name: true } })
  expect(found.map(({ name }) => name).sort()).toEqual(expected)
})
