import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Ctx, mutate, quotaDefaults, returnQuota, takeQuota } from '../../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeTenant,
  makeUser,
  type TestCloud,
} from '../../testing/index.ts'
import { showQuotas, updateQuotas } from '../index.ts'

let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { user: await makeUser(cloud, { systemRole: 'admin' }), systemRole: 'admin' })
})
beforeEach(() => {
  cloud.kicked.length = 0
})
afterAll(() => cloud.close())

const of = (rows: Awaited<ReturnType<typeof showQuotas>>, resource: string) =>
  rows.find((row) => row.resource === resource)

test('a new project has the defaults and uses nothing', async () => {
  const { ctx } = await makeTenant(cloud, 'reader')
  const rows = await showQuotas({ ctx, input: {} })
  expect(Object.fromEntries(rows.map(({ resource, limit }) => [resource, limit]))).toEqual(quotaDefaults)
  expect(rows.every(({ used }) => used === 0)).toBe(true)
})

test('fifty at once never exceed the limit, and what is refused takes nothing', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const attempts = await Promise.allSettled(
    Array.from({ length: 50 }, () =>
      mutate(ctx, (tx) => takeQuota(tx.db, project.id, { instances: 1, cores: 3, ram: 512 })),
    ),
  )
  // 20 cores are 6 machines of 3, though 10 instances would be allowed.
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(6)
  for (const attempt of attempts)
    if (attempt.status === 'rejected')
      expect(attempt.reason).toMatchObject({
        code: 'quota_exceeded',
        detail: { resource: 'cores', limit: 20 },
      })
  const rows = await showQuotas({ ctx, input: {} })
  expect([of(rows, 'instances')?.used, of(rows, 'cores')?.used, of(rows, 'ram')?.used]).toEqual([6, 18, 3072])

  await mutate(ctx, (tx) => returnQuota(tx.db, project.id, { instances: 6, cores: 18, ram: 3072 }))
  expect((await showQuotas({ ctx, input: {} })).every(({ used }) => used === 0)).toBe(true)
})

test('an administrator sets limits and returns them to the default; members are told', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const projectId = project.id
  await updateQuotas({ ctx: admin, input: { projectId, limits: { cores: 2, instances: -1 } } })
  const rows = await showQuotas({ ctx, input: {} })
  expect([of(rows, 'cores')?.limit, of(rows, 'instances')?.limit, of(rows, 'ram')?.limit]).toEqual([
    2,
    -1,
    quotaDefaults.ram,
  ])
  expect(eventsIn(cloud.kicked)).toMatchObject([
    { noun: 'quota', change: 'updated', id: projectId, audience: { kind: 'project', projectId } },
  ])
  await expect(mutate(ctx, (tx) => takeQuota(tx.db, projectId, { cores: 3 }))).rejects.toMatchObject({
    code: 'quota_exceeded',
  })
  await mutate(ctx, (tx) => takeQuota(tx.db, projectId, { instances: 500 }))
  await updateQuotas({ ctx: admin, input: { projectId, limits: { cores: null } } })
  expect(of(await showQuotas({ ctx, input: {} }), 'cores')?.limit).toBe(quotaDefaults.cores)
  expect(await cloud.db.audit.count({ where: { verb: 'identity.quotas.update', projectId } })).toBe(2)
})

test('a limit below what is in use needs force', async () => {
  const { ctx, project } = await makeTenant(cloud)
  await mutate(ctx, (tx) => takeQuota(tx.db, project.id, { networks: 5 }))
  const input = { projectId: project.id, limits: { networks: 4, ports: 9 } }
  await expect(updateQuotas({ ctx: admin, input })).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'limits.networks',
  })
  expect(of(await showQuotas({ ctx, input: {} }), 'ports')?.limit).toBe(quotaDefaults.ports)
  await updateQuotas({ ctx: admin, input: { ...input, force: true } })
  expect(of(await showQuotas({ ctx, input: {} }), 'networks')).toMatchObject({ used: 5, limit: 4 })
})

test.each([
  ['limits.cores', { cores: -2 }],
  ['limits.cores', { cores: 1.5 }],
  ['limits.cores', { cores: 2 ** 60 }],
  ['limits', {}],
  ['limits', { key_pairs: 5 }],
  ['limits', { unicorns: 5 }],
])('refuses bad %s', async (field, limits) => {
  const { project } = await makeTenant(cloud)
  const error = await updateQuotas({
    ctx: admin,
    input: { projectId: project.id, limits: limits as never },
  }).catch((reason) => reason)
  expect(error.code).toBe('invalid_input')
  expect(error.field).toContain(field)
})

test('quotas of other projects are for administrators and readers of the system', async () => {
  const [one, two] = [await makeTenant(cloud, 'manager'), await makeTenant(cloud)]
  const input = { projectId: two.project.id }
  await expect(showQuotas({ ctx: one.ctx, input })).rejects.toMatchObject({ code: 'not_found' })
  await expect(
    updateQuotas({ ctx: one.ctx, input: { projectId: one.project.id, limits: { cores: 99 } } }),
  ).rejects.toMatchObject({ code: 'forbidden' })
  const rows = await showQuotas({ ctx: ctxFor(cloud, { systemRole: 'reader' }), input })
  expect(of(rows, 'key_pairs')).toBeUndefined()
  expect(of(rows, 'cores')?.limit).toBe(quotaDefaults.cores)
})
