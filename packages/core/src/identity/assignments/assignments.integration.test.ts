import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  anonymousCtx,
  assignRole,
  callCtx,
  createTestCloud,
  ctxFor,
  eventsIn,
  makeProject,
  makeTenant,
  makeUser,
  type TestCloud,
  uniqueName,
} from '../../testing/index.ts'
import { grantRole, listAssignments, listRoles, login, resolveSession, revokeRole } from '../index.ts'

let cloud: TestCloud
let admin: Ctx
let adminId: string
beforeAll(async () => {
  cloud = await createTestCloud()
  const user = await makeUser(cloud, { systemRole: 'admin' })
  adminId = user.id
  admin = ctxFor(cloud, { user, systemRole: 'admin' })
})
beforeEach(() => {
  cloud.kicked.length = 0
})
afterAll(() => cloud.close())

test('a granted role counts in the open session at once, and so does its end', async () => {
  const project = await makeProject(cloud)
  const user = await makeUser(cloud, { password: 'correct horse', project, role: 'reader' })
  const { secret } = await login({
    ctx: anonymousCtx(cloud),
    input: { name: user.name, password: 'correct horse' },
  })
  const roles = async () => (await resolveSession(cloud.services, secret))?.projectRoles
  expect(await roles()).toEqual(['reader'])
  const row = await grantRole({
    ctx: admin,
    input: { userId: user.id, role: 'member', target: { type: 'project', id: project.id } },
  })
  expect(row).toMatchObject({ userName: user.name, role: 'member', targetName: project.name })
  expect((await roles())?.sort()).toEqual(['member', 'reader'])
  await revokeRole({ ctx: admin, input: { id: row.id } })
  expect(await roles()).toEqual(['reader'])
  expect(
    eventsIn(cloud.kicked)
      .filter((event) => event.noun === 'assignment')
      .map((event) => [event.change, event.audience]),
  ).toEqual([
    ['created', { kind: 'user', userId: user.id }],
    ['deleted', { kind: 'user', userId: user.id }],
  ])
})

test('granting twice changes nothing', async () => {
  const user = await makeUser(cloud)
  const input = { userId: user.id, role: 'reader' as const, target: { type: 'system' as const } }
  const first = await grantRole({ ctx: admin, input })
  expect(await grantRole({ ctx: admin, input })).toEqual(first)
  expect(await cloud.db.audit.count({ where: { resourceId: first.id } })).toBe(1)
})

test('the last administrator of the system cannot be revoked, another one can', async () => {
  const { items } = await listAssignments({ ctx: admin, input: { userId: adminId } })
  const id = items.find((row) => row.targetType === 'system' && row.role === 'admin')!.id
  await expect(revokeRole({ ctx: admin, input: { id } })).rejects.toMatchObject({ code: 'conflict' })
  expect(await cloud.db.assignment.count({ where: { id } })).toBe(1)

  const second = await makeUser(cloud)
  const granted = await grantRole({
    ctx: admin,
    input: { userId: second.id, role: 'admin', target: { type: 'system' } },
  })
  await revokeRole({ ctx: admin, input: { id: granted.id } })

  // One who is disabled does not count.
  const disabled = await makeUser(cloud, { enabled: false, systemRole: 'admin' })
  await expect(revokeRole({ ctx: admin, input: { id } })).rejects.toMatchObject({ code: 'conflict' })
  await cloud.db.user.delete({ where: { id: disabled.id } })
})

test('the manager of a domain grants within it, but neither admin nor beyond', async () => {
  const name = uniqueName('domain')
  const domain = await cloud.db.domain.create({ data: { id: name, name } })
  const manager = await makeUser(cloud, { domainId: domain.id })
  const ctx = ctxFor(cloud, { user: manager, domainRole: 'manager' })
  const user = await makeUser(cloud, { domainId: domain.id })
  const project = await makeProject(cloud, { domainId: domain.id })
  const foreignProject = await makeProject(cloud)
  const foreignUser = await makeUser(cloud)
  const own = { type: 'project' as const, id: project.id }

  const row = await grantRole({ ctx, input: { userId: user.id, role: 'manager', target: own } })
  await grantRole({
    ctx,
    input: { userId: user.id, role: 'reader', target: { type: 'domain', id: domain.id } },
  })
  await expect(
    grantRole({ ctx, input: { userId: user.id, role: 'admin', target: own } }),
  ).rejects.toMatchObject({ code: 'forbidden' })
  const refused = [
    { userId: user.id, role: 'reader' as const, target: { type: 'project' as const, id: foreignProject.id } },
    { userId: user.id, role: 'reader' as const, target: { type: 'domain' as const, id: cloud.domainId } },
    { userId: user.id, role: 'reader' as const, target: { type: 'system' as const } },
    { userId: foreignUser.id, role: 'reader' as const, target: own },
  ]
  for (const input of refused)
    await expect(grantRole({ ctx, input })).rejects.toMatchObject({ code: 'not_found' })

  await assignRole(cloud, foreignUser.id, 'member', 'project', foreignProject.id)
  const { items } = await listAssignments({ ctx, input: {} })
  expect(items.map((item) => item.targetId).sort()).toEqual([domain.id, project.id].sort())
  const hidden = await cloud.db.assignment.findFirstOrThrow({ where: { targetId: foreignProject.id } })
  await expect(revokeRole({ ctx, input: { id: hidden.id } })).rejects.toMatchObject({ code: 'not_found' })
  await revokeRole({ ctx, input: { id: row.id } })
})

test('members of a project neither see nor grant roles', async () => {
  const { ctx, user, project } = await makeTenant(cloud)
  await expect(listAssignments({ ctx, input: {} })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(
    grantRole({
      ctx,
      input: { userId: user.id, role: 'admin', target: { type: 'project', id: project.id } },
    }),
  ).rejects.toMatchObject({ code: 'forbidden' })
})

test.each([
  ['role', { userId: 'x', role: 'owner', target: { type: 'system' } }],
  ['target.type', { userId: 'x', role: 'reader', target: { type: 'galaxy' } }],
  ['target.id', { userId: 'x', role: 'reader', target: { type: 'project', id: '' } }],
  ['userId', { userId: 'x'.repeat(65), role: 'reader', target: { type: 'system' } }],
])('refuses a bad %s', async (field, input) => {
  await expect(grantRole({ ctx: admin, input: input as never })).rejects.toMatchObject({
    code: 'invalid_input',
    field,
  })
})

test('pages through the roles of a project', async () => {
  const project = await makeProject(cloud)
  for (const role of ['reader', 'member', 'manager'] as const) await makeUser(cloud, { project, role })
  const first = await listAssignments({ ctx: admin, input: { projectId: project.id, limit: 2 } })
  const rest = await listAssignments({
    ctx: admin,
    input: { projectId: project.id, limit: 2, cursor: first.nextCursor },
  })
  expect([...first.items, ...rest.items].map((row) => row.role)).toEqual(['manager', 'member', 'reader'])
})

test('the roles imply the weaker ones', async () => {
  const { ctx } = await makeTenant(cloud, 'reader')
  const actor = callCtx(cloud, ctx.actor)
  expect((await listRoles({ ctx: actor, input: {} })).map(({ name, implies }) => [name, implies])).toEqual([
    ['reader', []],
    ['member', ['reader']],
    ['manager', ['reader', 'member']],
    ['admin', ['reader', 'member', 'manager']],
  ])
})
