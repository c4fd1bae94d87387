import { afterAll, beforeAll, expect, test } from 'vitest'
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
let ctx: Ctx
let networkIds: string[]
let ids: Record<string, string>
const names = ['web-1', 'web-2', 'db_1', 'dbx1', '100%']

beforeAll(async () => {
  cloud = await createTestCloud()
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  const projectId = tenant.project.id
  const [{ id: flavorId }, { id: imageId }, first, second] = await Promise.all([
    makeFlavor(cloud),
    makeImage(cloud, { projectId }),
    makeNetwork(cloud, { projectId }),
    makeNetwork(cloud, { projectId }),
  ])
  networkIds = [first.id, second.id]
  ids = {}
  for (const name of names) {
    const input = { name, flavorId, imageId, networkIds: name === 'web-1' ? networkIds : [first.id] }
    ids[name] = (await createInstance({ ctx, input })).instances[0]!.id
  }
  // The same moment for all: only the id tells their order.
  await cloud.db.instance.updateMany({ data: { createdAt: new Date('2026-01-02T03:04:05.678Z') } })
  await cloud.db.instance.update({
    where: { id: ids['web-2']! },
    data: { vmState: 'active', taskState: 'rebooting' },
  })
  await cloud.db.instance.update({ where: { id: ids.db_1! }, data: { vmState: 'active', taskState: null } })
})
afterAll(() => cloud.close())

type Input = Parameters<typeof listInstances>[0]['input']
const found = async (input: Input) =>
  (await listInstances({ ctx, input })).items.map(({ name }) => name).sort()

test.each([
  { by: 'name', dir: 'asc' },
  { by: 'name', dir: 'desc' },
  { by: 'createdAt', dir: 'asc' },
  { by: 'createdAt', dir: 'desc' },
] as const)('pages by $by $dir hold every row once, in order', async (sort) => {
  const all = (await listInstances({ ctx, input: { sort } })).items
  const byId = sort.dir === 'asc' ? Object.values(ids) : Object.values(ids).reverse()
  const byName = sort.dir === 'asc' ? names.toSorted() : names.toSorted().reverse()
  if (sort.by === 'name') expect(all.map(({ name }) => name)).toEqual(byName)
  else expect(all.map(({ id }) => id)).toEqual(byId)
  const paged = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listInstances>> = await listInstances({
      ctx,
      input: { sort, limit: 2, cursor },
    })
    paged.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  expect(paged).toEqual(all)
})

test('a row has its addresses in the order of the interfaces, and real dates', async () => {
  const [row] = (await listInstances({ ctx, input: { search: 'web-1' } })).items
  expect(row?.addresses.map(({ networkId }) => networkId)).toEqual(networkIds)
  expect(row).toMatchObject({
    status: 'BUILD',
    hostName: null,
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
  })
  expect(row?.addresses[0]?.ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
})

test('filters', async () => {
  expect(await found({ status: 'REBOOT' })).toEqual(['web-2'])
  expect(await found({ status: ['REBOOT', 'ACTIVE'] })).toEqual(['db_1', 'web-2'])
  expect(await found({ status: 'BUILD' })).toEqual(['100%', 'dbx1', 'web-1'])
  expect(await found({ status: 'SHUTOFF' })).toEqual([])
  expect(await found({ networkId: networkIds[1] })).toEqual(['web-1'])
  expect(await found({ search: 'web' })).toEqual(['web-1', 'web-2'])
  expect(await found({ search: ids.dbx1 })).toEqual(['dbx1'])
})

test('signs that mean something to SQL stand for themselves', async () => {
  expect(await found({ search: '_1' })).toEqual(['db_1'])
  expect(await found({ search: '%' })).toEqual(['100%'])
  expect(await found({ search: `'; DROP TABLE "Instance"; --` })).toEqual([])
})

test('the beginning of an address finds its instance', async () => {
  const [row] = (await listInstances({ ctx, input: { search: 'dbx1' } })).items
  expect(await found({ search: row?.addresses[0]?.ip })).toContain('dbx1')
})

test('a cursor of another order is refused', async () => {
  const { nextCursor } = await listInstances({ ctx, input: { sort: { by: 'name', dir: 'asc' }, limit: 1 } })
  await expect(listInstances({ ctx, input: { cursor: nextCursor } })).rejects.toMatchObject({
    code: 'invalid_input',
  })
})
