import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  anonymousCtx,
  assignRole,
  callCtx,
  createTestCloud,
  ctxFor,
  makeProject,
  makeTenant,
  makeUser,
  type TestCloud,
} from '../../testing/index.ts'
import {
  authenticateToken,
  createToken,
  currentSession,
  forgetUser,
  listTokens,
  logout,
  removeExpiredCredentials,
  resolveToken,
  revokeToken,
  switchProject,
} from '../index.ts'
import { hashSecret } from '../principals/secret.ts'

const password = 'correct horse battery'
let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

test('a token acts in the project it was made in, with the present roles and no others', async () => {
  const { project, user, ctx } = await makeTenant(cloud)
  await assignRole(cloud, user.id, 'reader', 'system', 'all')
  await assignRole(cloud, user.id, 'manager', 'domain', user.domainId)
  const created = await createToken({ ctx, input: { name: 'script', expiresInSeconds: 60 } })
  expect(created.secret).toMatch(/^[\w-]{43}$/)
  expect(created.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 60_000)
  const stored = await cloud.db.token.findUniqueOrThrow({ where: { id: created.id } })
  expect(stored.secretHash).toBe(hashSecret(created.secret))
  expect(JSON.stringify(stored)).not.toContain(created.secret)
  expect(await resolveToken(cloud.services, created.secret)).toMatchObject({
    userId: user.id,
    via: { type: 'token', tokenId: created.id },
    project: { id: project.id },
    projectRoles: ['member'],
    domainRoles: [],
    systemRoles: [],
  })
})

test('a token ends when it expires, and with the last role on its project', async () => {
  const { user, ctx } = await makeTenant(cloud)
  const first = await createToken({ ctx, input: { name: 'expires' } })
  const second = await createToken({ ctx, input: { name: 'loses its role' } })
  await cloud.db.token.update({ where: { id: first.id }, data: { expiresAt: new Date(Date.now() - 1) } })
  expect(await resolveToken(cloud.services, first.secret)).toBeNull()
  expect(await resolveToken(cloud.services, second.secret)).not.toBeNull()
  await cloud.db.assignment.deleteMany({ where: { userId: user.id } })
  forgetUser(cloud.services, user.id)
  expect(await resolveToken(cloud.services, second.secret)).toBeNull()
})

test('a token neither makes tokens nor switches its project, and can end itself', async () => {
  const { project, user, ctx } = await makeTenant(cloud)
  const { secret, id } = await createToken({ ctx, input: { name: 'script' } })
  const other = await makeProject(cloud)
  await assignRole(cloud, user.id, 'member', 'project', other.id)
  const tokenCtx = callCtx(cloud, (await resolveToken(cloud.services, secret))!)
  await expect(createToken({ ctx: tokenCtx, input: { name: 'another' } })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(switchProject({ ctx: tokenCtx, input: { projectId: other.id } })).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(await currentSession({ ctx: tokenCtx, input: {} })).toMatchObject({
    sessionId: id,
    project: { id: project.id },
  })
  await logout({ ctx: tokenCtx, input: {} })
  expect(await resolveToken(cloud.services, secret)).toBeNull()
})

test('lists and revokes the own tokens only', async () => {
  const { ctx } = await makeTenant(cloud)
  const stranger = await makeTenant(cloud)
  const { id, secret } = await createToken({ ctx, input: { name: 'mine' } })
  const { items } = await listTokens({ ctx, input: {} })
  expect(items.map((row) => row.id)).toEqual([id])
  expect(JSON.stringify(items)).not.toMatch(/secret/i)
  expect((await listTokens({ ctx: stranger.ctx, input: {} })).items).toEqual([])
  await expect(revokeToken({ ctx: stranger.ctx, input: { id } })).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(await resolveToken(cloud.services, secret)).not.toBeNull()
  await revokeToken({ ctx, input: { id } })
  expect(await resolveToken(cloud.services, secret)).toBeNull()
  expect((await listTokens({ ctx, input: {} })).items).toEqual([])
})

test.each([
  ['name', { name: '' }],
  ['expiresInSeconds', { name: 'x', expiresInSeconds: 0 }],
  ['expiresInSeconds', { name: 'x', expiresInSeconds: 1e9 }],
  ['expiresInSeconds', { name: 'x', expiresInSeconds: 60.5 }],
])('refuses a bad %s', async (field, input) => {
  const { ctx } = await makeTenant(cloud)
  await expect(createToken({ ctx, input })).rejects.toMatchObject({ code: 'invalid_input', field })
})

test('needs a project', async () => {
  const ctx = ctxFor(cloud, { user: await makeUser(cloud) })
  await expect(createToken({ ctx, input: { name: 'x' } })).rejects.toMatchObject({ code: 'forbidden' })
})

test('a password is traded for a token of the wanted project', async () => {
  const [first, second] = [await makeProject(cloud), await makeProject(cloud)]
  const user = await makeUser(cloud, {
    password,
    project: first,
    role: 'member',
    defaultProjectId: second.id,
  })
  await assignRole(cloud, user.id, 'reader', 'project', second.id)
  const ctx = anonymousCtx(cloud)
  const projectOf = async (project?: string) => {
    const { secret } = await authenticateToken({ ctx, input: { name: user.name, password, project } })
    return (await resolveToken(cloud.services, secret))?.project?.id
  }
  expect(await projectOf()).toBe(second.id)
  expect(await projectOf(first.name)).toBe(first.id)
  expect(await projectOf(first.id)).toBe(first.id)
  await expect(projectOf('elsewhere')).rejects.toMatchObject({ code: 'forbidden', field: 'project' })
  await expect(
    authenticateToken({ ctx, input: { name: user.name, password: 'wrong' } }),
  ).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('what ended long ago is deleted, what ended just now is kept', async () => {
  const { ctx } = await makeTenant(cloud)
  const [old, recent] = [
    await createToken({ ctx, input: { name: 'old' } }),
    await createToken({ ctx, input: { name: 'recent' } }),
  ]
  const day = 86_400_000
  await cloud.db.token.update({ where: { id: old.id }, data: { expiresAt: new Date(Date.now() - 8 * day) } })
  await cloud.db.token.update({ where: { id: recent.id }, data: { expiresAt: new Date(Date.now() - day) } })
  await cloud.db.loginThrottle.create({
    data: { key: 'test', failures: 3, windowStart: new Date(Date.now() - day) },
  })
  expect(await removeExpiredCredentials(cloud.services)).toMatchObject({ tokens: 1 })
  expect(await cloud.db.token.findMany({ where: { id: { in: [old.id, recent.id] } } })).toHaveLength(1)
  expect(await cloud.db.loginThrottle.findUnique({ where: { key: 'test' } })).toBeNull()
})
