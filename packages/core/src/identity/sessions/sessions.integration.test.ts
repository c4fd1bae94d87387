import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  anonymousCtx,
  assignRole,
  callCtx,
  createTestCloud,
  makeHost,
  makeProject,
  makeTenant,
  makeUser,
  type TestCloud,
  uniqueName,
} from '../../testing/index.ts'
import {
  currentSession,
  listSessions,
  login,
  logout,
  resolveSession,
  revokeSession,
  rotateSession,
  switchProject,
} from '../index.ts'
import { rotationGraceMs } from '../principals/resolve-session.ts'
import { hashSecret } from '../principals/secret.ts'
import { rotationAgeMs } from './rotate.ts'

const password = 'correct horse battery'
let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

async function signIn() {
  const project = await makeProject(cloud)
  const user = await makeUser(cloud, { password, project, role: 'member' })
  // An address of its own keeps the tests out of each other's counters.
  const ctx = { ...anonymousCtx(cloud), address: `10.${randomUUID()}` }
  const { secret, session } = await login({ ctx, input: { name: user.name, password } })
  return { project, user, secret, session, ctx: await ctxOf(secret) }
}

async function ctxOf(secret: string): Promise<Ctx> {
  const actor = await resolveSession(cloud.services, secret)
  if (!actor) throw new Error('the session is not valid')
  return callCtx(cloud, actor)
}

/** Moves every date of a session into the past, as if that time had gone by. */
async function age(id: string, ms: number) {
  const row = await cloud.db.session.findUniqueOrThrow({ where: { id } })
  const back = (date: Date) => new Date(date.getTime() - ms)
  await cloud.db.session.update({
    where: { id },
    data: {
      rotatedAt: back(row.rotatedAt),
      lastSeenAt: back(row.lastSeenAt),
      idleExpiresAt: back(row.idleExpiresAt),
      absoluteExpiresAt: back(row.absoluteExpiresAt),
    },
  })
  await forgetEverything()
}

/** Each of the other processes has a cache of its own: here it is emptied instead of waiting five seconds. */
async function forgetEverything() {
  const { forgetUser } = await import('../index.ts')
  for (const { id } of await cloud.db.user.findMany({ select: { id: true } })) forgetUser(cloud.services, id)
}

describe('login', () => {
  test('opens a session in the first project of the user, and audits it', async () => {
    const { session, project, user, secret } = await signIn()
    expect(session).toMatchObject({
      user: { id: user.id, domainName: 'Default' },
      project: { id: project.id, name: project.name },
      projects: [{ id: project.id, roles: ['member'] }],
      roles: ['member'],
      systemRoles: [],
      isAdmin: false,
    })
    const stored = await cloud.db.session.findUniqueOrThrow({ where: { id: session.sessionId } })
    expect(stored.secretHash).toBe(hashSecret(secret))
    expect(JSON.stringify(stored)).not.toContain(secret)
    expect(await cloud.db.audit.count({ where: { verb: 'identity.sessions.login', userId: user.id } })).toBe(
      1,
    )
    expect((await cloud.db.user.findUniqueOrThrow({ where: { id: user.id } })).lastLoginAt).not.toBeNull()
  })

  test('prefers the default project', async () => {
    const [first, second] = [
      await makeProject(cloud, { name: uniqueName('a') }),
      await makeProject(cloud, { name: uniqueName('b') }),
    ]
    const user = await makeUser(cloud, {
      password,
      project: first,
      role: 'reader',
      defaultProjectId: second.id,
    })
    await assignRole(cloud, user.id, 'admin', 'project', second.id)
    const { session } = await login({ ctx: anonymousCtx(cloud), input: { name: user.name, password } })
    expect(session).toMatchObject({ project: { id: second.id }, roles: ['admin'], isAdmin: true })
  })

  test('does not tell an unknown user, an unknown domain, a missing and a wrong password apart', async () => {
    const user = await makeUser(cloud, { password })
    const passwordless = await makeUser(cloud)
    const attempts = [
      { name: user.name, password: 'wrong-password' },
      { name: uniqueName('nobody'), password },
      { name: passwordless.name, password },
      { name: user.name, password, domain: 'Nowhere' },
    ]
    const messages = await Promise.all(
      attempts.map((input) =>
        login({ ctx: anonymousCtx(cloud), input }).then(
          () => 'signed in',
          (error) => `${error.code}: ${error.message}`,
        ),
      ),
    )
    expect(new Set(messages)).toEqual(new Set(['unauthenticated: The name or the password is wrong.']))
  })

  test('refuses a disabled user and one of a disabled domain', async () => {
    const disabled = await makeUser(cloud, { password, enabled: false })
    await cloud.db.domain.create({ data: { id: 'closed', name: 'Closed', enabled: false } })
    const closed = await makeUser(cloud, { password, domainId: 'closed' })
    for (const [domain, { name }] of [
      ['Default', disabled],
      ['Closed', closed],
    ] as const)
      await expect(
        login({ ctx: anonymousCtx(cloud), input: { domain, name, password } }),
      ).rejects.toMatchObject({ code: 'unauthenticated', message: 'This user is disabled.' })
  })

  test.each([
    ['name', { name: '', password }],
    ['name', { name: 'a\u0000b', password }],
    ['name', { name: 'x'.repeat(256), password }],
    ['password', { name: 'a', password: 'x'.repeat(513) }],
    ['password', { name: 'a', password: '' }],
    ['domain', { name: 'a', password, domain: '\ud800' }],
  ])('refuses bad input and names the field %s', async (field, input) => {
    await expect(login({ ctx: anonymousCtx(cloud), input })).rejects.toMatchObject({
      code: 'invalid_input',
      field,
    })
  })

  test('takes the same name and password in another Unicode form', async () => {
    const name = `${uniqueName('zo')}-\u00e9`
    await makeUser(cloud, { name, password: 'p\u00e4ssw\u00f6rter' })
    const { session } = await login({
      ctx: anonymousCtx(cloud),
      input: { name: name.normalize('NFD'), password: 'p\u00e4ssw\u00f6rter'.normalize('NFD') },
    })
    expect(session.user.name).toBe(name)
  })
})

describe('a session', () => {
  test('ends when idle, and in any case at its absolute end', async () => {
    const { secret, session } = await signIn()
    await age(session.sessionId, cloud.config.sessionIdle * 1000 + 1000)
    expect(await resolveSession(cloud.services, secret)).toBeNull()

    const other = await signIn()
    const { sessionId } = other.session
    await cloud.db.session.update({
      where: { id: sessionId },
      data: { absoluteExpiresAt: new Date(Date.now() - 1) },
    })
    await forgetEverything()
    expect(await resolveSession(cloud.services, other.secret)).toBeNull()
  })

  test('lives on while it is used, but never beyond its absolute end', async () => {
    const { secret, session } = await signIn()
    await age(session.sessionId, (cloud.config.sessionIdle - 120) * 1000)
    expect(await resolveSession(cloud.services, secret)).not.toBeNull()
    const used = await cloud.db.session.findUniqueOrThrow({ where: { id: session.sessionId } })
    expect(used.idleExpiresAt.getTime()).toBeGreaterThan(Date.now() + (cloud.config.sessionIdle - 5) * 1000)

    await cloud.db.session.update({
      where: { id: session.sessionId },
      data: {
        absoluteExpiresAt: new Date(Date.now() + 600_000),
        idleExpiresAt: new Date(Date.now() + 300_000),
      },
    })
    await forgetEverything()
    await resolveSession(cloud.services, secret)
    const capped = await cloud.db.session.findUniqueOrThrow({ where: { id: session.sessionId } })
    expect(capped.idleExpiresAt).toEqual(capped.absoluteExpiresAt)
  })

  test('is not kept alive by a page that only looks, even right before a click that is', async () => {
    const { secret, session } = await signIn()
    await age(session.sessionId, 600_000)
    const idleEnd = async () =>
      (await cloud.db.session.findUniqueOrThrow({ where: { id: session.sessionId } })).idleExpiresAt.getTime()
    const before = await idleEnd()
    expect(await resolveSession(cloud.services, secret, { passive: true })).not.toBeNull()
    expect(await idleEnd()).toBe(before)
    await resolveSession(cloud.services, secret)
    expect(await idleEnd()).toBeGreaterThan(before)
  })

  test('ends at logout, at once in this process', async () => {
    const { secret, ctx } = await signIn()
    await logout({ ctx, input: {} })
    expect(await resolveSession(cloud.services, secret)).toBeNull()
  })

  test('is read from the database once in five seconds', async () => {
    const { secret } = await signIn()
    const first = await resolveSession(cloud.services, secret)
    expect(await resolveSession(cloud.services, secret)).toBe(first)
  })

  test.each(['', 'x', 'a'.repeat(43), `${'a'.repeat(42)}'`, 'a'.repeat(10_000)])(
    'is none for %j',
    async (secret) => {
      expect(await resolveSession(cloud.services, secret)).toBeNull()
    },
  )

  test('keeps its user but loses the project when the role is gone', async () => {
    const { secret, user } = await signIn()
    await cloud.db.assignment.deleteMany({ where: { userId: user.id } })
    await forgetEverything()
    const actor = await resolveSession(cloud.services, secret)
    expect(actor).toMatchObject({ userId: user.id, project: undefined, projectRoles: [] })
  })
})

describe('rotation', () => {
  test('replaces the secret once it is old; the former one works for a grace', async () => {
    const { secret, session } = await signIn()
    expect(await rotateSession(cloud.services, secret)).toBeNull()
    await age(session.sessionId, rotationAgeMs)
    const next = await rotateSession(cloud.services, secret)
    expect(next).toMatch(/^[\w-]{43}$/)
    expect(await resolveSession(cloud.services, secret)).not.toBeNull()
    expect(await resolveSession(cloud.services, next!)).not.toBeNull()
    expect(await rotateSession(cloud.services, next!)).toBeNull()
    await age(session.sessionId, rotationGraceMs)
    expect(await resolveSession(cloud.services, secret)).toBeNull()
    expect(await resolveSession(cloud.services, next!)).not.toBeNull()
  })

  test('parallel requests rotate once', async () => {
    const { secret, session } = await signIn()
    await age(session.sessionId, rotationAgeMs)
    const secrets = await Promise.all(Array.from({ length: 8 }, () => rotateSession(cloud.services, secret)))
    expect(secrets.filter((next) => next !== null)).toHaveLength(1)
  })

  test('a browser that never received the new secret is not signed out, and gets another', async () => {
    const { secret, session } = await signIn()
    await age(session.sessionId, rotationAgeMs)
    const lost = await rotateSession(cloud.services, secret)
    await age(session.sessionId, rotationGraceMs + 1)
    expect(await resolveSession(cloud.services, secret)).not.toBeNull()
    const next = await rotateSession(cloud.services, secret)
    expect(next).not.toBeNull()
    expect(await resolveSession(cloud.services, next!)).not.toBeNull()
    expect(await resolveSession(cloud.services, lost!)).toBeNull()
  })
})

describe('sessions of a user', () => {
  test('lists the own ones and marks the current; another user cannot revoke them', async () => {
    const { user, ctx, session, secret } = await signIn()
    const second = await login({ ctx: anonymousCtx(cloud), input: { name: user.name, password } })
    const { items } = await listSessions({ ctx, input: {} })
    expect(items.map((row) => [row.id, row.current])).toEqual([
      [second.session.sessionId, false],
      [session.sessionId, true],
    ])
    expect(JSON.stringify(items)).not.toMatch(/hash/i)

    const stranger = await makeTenant(cloud)
    await expect(
      revokeSession({ ctx: stranger.ctx, input: { id: session.sessionId } }),
    ).rejects.toMatchObject({ code: 'not_found' })
    expect(await resolveSession(cloud.services, secret)).not.toBeNull()

    await revokeSession({ ctx, input: { id: second.session.sessionId } })
    expect(await resolveSession(cloud.services, second.secret)).toBeNull()
    expect((await listSessions({ ctx, input: {} })).items).toHaveLength(1)
  })

  test('pages through them', async () => {
    const { user, ctx } = await signIn()
    for (let i = 0; i < 2; i++)
      await login({ ctx: anonymousCtx(cloud), input: { name: user.name, password } })
    const first = await listSessions({ ctx, input: { limit: 2 } })
    const rest = await listSessions({ ctx, input: { limit: 2, cursor: first.nextCursor } })
    expect(first.items).toHaveLength(2)
    expect(rest).toMatchObject({ items: [{ current: true }], nextCursor: null })
  })
})

describe('switching the project', () => {
  test('moves the session, for the next request too', async () => {
    const { user, ctx, secret } = await signIn()
    const other = await makeProject(cloud)
    await assignRole(cloud, user.id, 'reader', 'project', other.id)
    const session = await switchProject({ ctx, input: { projectId: other.id } })
    expect(session).toMatchObject({ project: { id: other.id }, roles: ['reader'] })
    expect(await resolveSession(cloud.services, secret)).toMatchObject({
      project: { id: other.id },
      projectRoles: ['reader'],
    })
  })

  test('is refused for a project without a role and for a disabled one', async () => {
    const { user, ctx, project } = await signIn()
    const foreign = await makeProject(cloud)
    const disabled = await makeProject(cloud, { enabled: false })
    await assignRole(cloud, user.id, 'member', 'project', disabled.id)
    for (const { id } of [foreign, disabled])
      await expect(switchProject({ ctx, input: { projectId: id } })).rejects.toMatchObject({
        code: 'not_found',
      })
    expect(await currentSession({ ctx, input: {} })).toMatchObject({ project: { id: project.id } })
  })
})

test('the session says what is simulated', async () => {
  const { ctx } = await signIn()
  expect((await currentSession({ ctx, input: {} })).cloud).toMatchObject({ simulated: false, notices: [] })
  await makeHost(cloud, { computeDriver: 'simulated', networkDriver: 'linux' })
  expect((await currentSession({ ctx, input: {} })).cloud).toMatchObject({
    simulated: true,
    notices: [{ kind: 'simulated-compute' }],
  })
})
