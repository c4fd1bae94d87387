import { type Db, openDb } from '@nephos/db'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  makeFlavor,
  makeImage,
  makeNetwork,
  makeTenant,
  type TestCloud,
} from '../../testing/index.ts'
import { createInstance, listInstances } from './index.ts'

let cloud: TestCloud
let db: Db
let ctx: Ctx
let create: (count: number) => Promise<unknown>
const statements: string[] = []

beforeAll(async () => {
  cloud = await createTestCloud()
  db = openDb(cloud.databaseUrl, { onStatement: (sql) => statements.push(sql) })
  const { ctx: own, project } = await makeTenant(cloud)
  ctx = { ...own, db }
  const [{ id: flavorId }, { id: imageId }, network] = await Promise.all([
    makeFlavor(cloud),
    makeImage(cloud, { projectId: project.id }),
    makeNetwork(cloud, { projectId: project.id }),
  ])
  await cloud.db.quotaLimit.createMany({
    data: ['instances', 'cores', 'ram', 'ports'].map((resource) => ({
      projectId: project.id,
      resource,
      limit: -1,
    })),
  })
  create = (count) =>
    createInstance({
      ctx,
      input: { name: 'web', count, flavorId, imageId, networkIds: [network.id] },
    })
  // The counters of the quota are made once.
  await create(1)
})
afterAll(async () => {
  await db.$disconnect()
  await cloud.close()
})

async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  statements.length = 0
  await work()
  return [...statements]
}

test('a create takes at most 13 statements, for one instance as for several, begin and commit included', async () => {
  const one = await statementsOf(() => create(1))
  expect(one).toContain('BEGIN')
  expect(one.length).toBeLessThanOrEqual(13)
  expect((await statementsOf(() => create(5))).length).toBeLessThanOrEqual(13)
})

test('nor does it take more when the address chosen first is taken', async () => {
  // The lowest of those to choose from, each time.
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0)
  try {
    await create(1)
    const again = await statementsOf(() => create(1))
    expect(again.filter((sql) => sql.startsWith('INSERT INTO "AddressAllocation"'))).toHaveLength(2)
    expect(again.length).toBeLessThanOrEqual(13)
  } finally {
    chance.mockRestore()
  }
})

test('a list is one statement for any number of rows', async () => {
  const list = (limit: number) => listInstances({ ctx, input: { limit } })
  expect(await statementsOf(() => list(1))).toHaveLength(1)
  await create(40)
  const read = await statementsOf(async () => expect((await list(1_000)).items).toHaveLength(49))
  expect(read).toHaveLength(1)
})
