import { newId } from '@nephos/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  anonymousCtx,
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
import {
  changeOwnPassword,
  createToken,
  createUser,
  deleteUser,
  listUsers,
  login,
  resolveSession,
  resolveToken,
  setUserPassword,
  showUser,
  updateUser,
} from '../index.ts'

const password = 'correct horse battery'
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  const user = await makeUser(cloud, { systemRole: 'admin' })
  admin = ctxFor(cloud, { user, systemRole: 'admin' })
})
beforeEach(() => {
  cloud.kicked.length = 0
})
afterAll(() => cloud.close())

async function makeDomain() {
  const name = uniqueName('domain')
  return cloud.db.domain.create({ data: { id: name, name } })
}

describe('create', () => {
  test('makes a user who can sign in; audit and event say so without the password', async () => {
    const name = uniqueName('user')
    const row = await createUser({ ctx: admin, input: { name, password, email: 'someone@example.org' } })
    expect(row).toMatchObject({ name, domainId: 'default', domainName: 'Default', enabled: true })
    const [event] = eventsIn(cloud.kicked)
    expect(event).toMatchObject({
      noun: 'user',
      change: 'created',
      id: row.id,
      audience: { kind: 'user', userId: row.id },
      data: { name },
    })
    const audit = await cloud.db.audit.findFirstOrThrow({ where: { resourceId: row.id } })
    expect(JSON.stringify([row, event, audit])).not.toMatch(/argon2|correct horse/)
    await login({ ctx: anonymousCtx(cloud), input: { name, password } })
  })

  test('refuses a name that is taken in the domain, not one of another domain', async () => {
    const domain = await makeDomain()
    const { name } = await makeUser(cloud)
    await expect(createUser({ ctx: admin, input: { name } })).rejects.toMatchObject({
      code: 'conflict',
      field: 'name',
    })
    expect(await createUser({ ctx: admin, input: { name, domainId: domain.id } })).toMatchObject({
      domainId: domain.id,
    })
  })

  test.each([
    ['name', { name: ' \t ' }],
    ['name', { name: 'line\nbreak' }],
    ['name', { name: '\u{1F511}'.repeat(256) }],
    ['password', { name: 'x', password: 'short' }],
    ['password', { name: 'x', password: 'x'.repeat(513) }],
    ['email', { name: 'x', email: 'not an address' }],
    ['description', { name: 'x', description: 'x'.repeat(1001) }],
    ['description', { name: 'x', description: 'null \0 byte' }],
    ['defaultProjectId', { name: uniqueName('x'), defaultProjectId: 'none' }],
  ])('refuses a bad %s', async (field, input) => {
    const before = await cloud.db.user.count()
    await expect(createUser({ ctx: admin, input })).rejects.toMatchObject({ code: 'invalid_input', field })
    expect(await cloud.db.user.count()).toBe(before)
  })
})

describe('list', () => {
  test('searches, sorts and pages in keyset order', async () => {
    const tag = uniqueName('page')
    for (const letter of ['c', 'a', 'b']) await makeUser(cloud, { name: `${tag}-${letter}` })
    const names: string[] = []
    let cursor: string | null = null
    do {
      const found: Awaited<ReturnType<typeof listUsers>> = await listUsers({
        ctx: admin,
        input: { search: tag, limit: 1, cursor, sort: { by: 'name', dir: 'desc' } },
      })
      names.push(...found.items.map((row) => row.name))
      cursor = found.nextCursor
    } while (cursor)
    expect(names).toEqual([`${tag}-c`, `${tag}-b`, `${tag}-a`])
    const byDate = await listUsers({
      ctx: admin,
      input: { search: tag, sort: { by: 'createdAt', dir: 'asc' }, limit: 2 },
    })
    expect(byDate.items.map((row) => row.name)).toEqual([`${tag}-c`, `${tag}-a`])
    const rest = await listUsers({
      ctx: admin,
      input: { search: tag, sort: { by: 'createdAt', dir: 'asc' }, cursor: byDate.nextCursor },
    })
    expect(rest.items.map((row) => row.name)).toEqual([`${tag}-b`])
  })
})

describe('disabling, deleting and passwords', () => {
  async function signIn() {
    const project = await makeProject(cloud)
    const user = await makeUser(cloud, { password, project, role: 'member' })
    const { secret } = await login({ ctx: anonymousCtx(cloud), input: { name: user.name, password } })
    const ctx = callCtx(cloud, (await resolveSession(cloud.services, secret))!)
    const token = await createToken({ ctx, input: { name: 'script' } })
    return { user, secret, ctx, token: token.secret }
  }
  const alive = async ({ secret, token }: { secret: string; token: string }) => [
    (await resolveSession(cloud.services, secret)) !== null,
    (await resolveToken(cloud.services, token)) !== null,
  ]

  test('a disabled user is signed out everywhere and stays out after being enabled again', async () => {
    const signed = await signIn()
    expect(await alive(signed)).toEqual([true, true])
    await updateUser({ ctx: admin, input: { id: signed.user.id, enabled: false } })
    expect(await alive(signed)).toEqual([false, false])
    await updateUser({ ctx: admin, input: { id: signed.user.id, enabled: true } })
    expect(await alive(signed)).toEqual([false, false])
    await login({ ctx: anonymousCtx(cloud), input: { name: signed.user.name, password } })
  })

  test('a deleted user takes sessions, tokens, roles and key pairs along', async () => {
    const signed = await signIn()
    const userId = signed.user.id
    await cloud.db.keyPair.create({
      data: { id: newId(), userId, name: 'k', publicKey: 'ssh-ed25519 AAAA', fingerprint: 'f' },
    })
    await deleteUser({ ctx: admin, input: { id: userId } })
    expect(await alive(signed)).toEqual([false, false])
    const counts = await Promise.all([
      cloud.db.session.count({ where: { userId } }),
      cloud.db.token.count({ where: { userId } }),
      cloud.db.assignment.count({ where: { userId } }),
      cloud.db.keyPair.count({ where: { userId } }),
    ])
    expect(counts).toEqual([0, 0, 0, 0])
    expect(eventsIn(cloud.kicked)).toContainEqual(
      expect.objectContaining({ noun: 'user', change: 'deleted', id: userId, data: null }),
    )
  })

  test('a password set by an administrator ends every session and token', async () => {
    const signed = await signIn()
    await setUserPassword({ ctx: admin, input: { id: signed.user.id, password: 'another password' } })
    expect(await alive(signed)).toEqual([false, false])
    const ctx = anonymousCtx(cloud)
    await expect(login({ ctx, input: { name: signed.user.name, password } })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await login({ ctx, input: { name: signed.user.name, password: 'another password' } })
  })

  test('changing the own password needs the current one and keeps only this session', async () => {
    const signed = await signIn()
    const second = await login({
      ctx: anonymousCtx(cloud),
      input: { name: signed.user.name, password },
    })
    const { ctx } = signed
    await expect(
      changeOwnPassword({ ctx, input: { current: 'guess', next: 'another password' } }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'current' })
    await expect(
      changeOwnPassword({ ctx, input: { current: password, next: password } }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'next' })
    await changeOwnPassword({ ctx, input: { current: password, next: 'another password' } })
    expect(await alive(signed)).toEqual([true, false])
    expect(await resolveSession(cloud.services, second.secret)).toBeNull()
  })

  test('guessing the current password with a stolen session is throttled', async () => {
    const { ctx } = await signIn()
    const guesser = { ...ctx, address: '198.51.100.77' }
    const codes: string[] = []
    for (let i = 0; i < 12; i++)
      await changeOwnPassword({
        ctx: guesser,
        input: { current: `guess ${i}`, next: 'another password' },
      }).catch((error) => codes.push(error.code))
    expect(codes.slice(-2)).toEqual(['rate_limited', 'rate_limited'])
  })
})

describe('the last administrator', () => {
  test('nobody disables or deletes himself, nor the only administrator of the system', async () => {
    const own = await createTestCloud()
    try {
      const only = await makeUser(own, { systemRole: 'admin' })
      const self = ctxFor(own, { user: only, systemRole: 'admin' })
      await expect(updateUser({ ctx: self, input: { id: only.id, enabled: false } })).rejects.toMatchObject({
        code: 'conflict',
        field: 'enabled',
      })
      await expect(deleteUser({ ctx: self, input: { id: only.id } })).rejects.toMatchObject({
        code: 'conflict',
      })

      const projectAdmin = ctxFor(own, { project: await makeProject(own), role: 'admin' })
      for (const attempt of [
        () => updateUser({ ctx: projectAdmin, input: { id: only.id, enabled: false } }),
        () => deleteUser({ ctx: projectAdmin, input: { id: only.id } }),
      ])
        await expect(attempt()).rejects.toMatchObject({
          code: 'conflict',
          message: 'The cloud would be left without an administrator.',
        })
      expect(await own.db.user.findUnique({ where: { id: only.id } })).toMatchObject({ enabled: true })
    } finally {
      await own.close()
    }
  })

  test('two administrators who delete each other at once: one stays', async () => {
    const own = await createTestCloud()
    try {
      const [a, b] = [
        await makeUser(own, { systemRole: 'admin' }),
        await makeUser(own, { systemRole: 'admin' }),
      ]
      const results = await Promise.allSettled([
        deleteUser({ ctx: ctxFor(own, { user: a, systemRole: 'admin' }), input: { id: b.id } }),
        deleteUser({ ctx: ctxFor(own, { user: b, systemRole: 'admin' }), input: { id: a.id } }),
      ])
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(await own.db.user.count()).toBe(1)
    } finally {
      await own.close()
    }
  })
})

describe('domains', () => {
  test('the manager of a domain manages its users and sees no others', async () => {
    const domain = await makeDomain()
    const manager = await makeUser(cloud, { domainId: domain.id })
    const ctx = ctxFor(cloud, { user: manager, domainRole: 'manager' })
    const own = await createUser({ ctx, input: { name: 'own', domainId: domain.id } })
    await updateUser({ ctx, input: { id: own.id, description: 'changed' } })
    await setUserPassword({ ctx, input: { id: own.id, password } })
    expect((await listUsers({ ctx, input: {} })).items.map((row) => row.id).sort()).toEqual(
      [manager.id, own.id].sort(),
    )

    const foreign = await makeUser(cloud)
    const calls = [
      () => showUser({ ctx, input: { id: foreign.id } }),
      () => updateUser({ ctx, input: { id: foreign.id, description: 'x' } }),
      () => deleteUser({ ctx, input: { id: foreign.id } }),
      () => setUserPassword({ ctx, input: { id: foreign.id, password } }),
      () => createUser({ ctx, input: { name: 'x', domainId: cloud.domainId } }),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'not_found' })
    await deleteUser({ ctx, input: { id: own.id } })
  })

  test('the manager of a domain cannot take over a stronger user of it', async () => {
    const domain = await makeDomain()
    const manager = await makeUser(cloud, { domainId: domain.id })
    const ctx = ctxFor(cloud, { user: manager, domainRole: 'manager' })
    const elsewhere = await makeProject(cloud)
    const inside = await makeProject(cloud, { domainId: domain.id })
    const stronger = [
      await makeUser(cloud, { domainId: domain.id, systemRole: 'reader' }),
      await makeUser(cloud, { domainId: domain.id, domainRole: 'admin' }),
      await makeUser(cloud, { domainId: domain.id, project: inside, role: 'admin' }),
      await makeUser(cloud, { domainId: domain.id, project: elsewhere, role: 'reader' }),
    ]
    for (const { id } of stronger) {
      for (const call of [
        () => setUserPassword({ ctx, input: { id, password } }),
        () => updateUser({ ctx, input: { id, enabled: false } }),
        () => deleteUser({ ctx, input: { id } }),
      ])
        await expect(call()).rejects.toMatchObject({ code: 'forbidden' })
    }
    const equal = await makeUser(cloud, { domainId: domain.id, project: inside, role: 'member' })
    await setUserPassword({ ctx, input: { id: equal.id, password } })
  })

  test('a reader of the system lists and changes nothing; a member of a project may not even list', async () => {
    const user = await makeUser(cloud)
    const reader = ctxFor(cloud, { systemRole: 'reader' })
    expect(await showUser({ ctx: reader, input: { id: user.id } })).toMatchObject({ id: user.id })
    expect((await listUsers({ ctx: reader, input: { search: user.id } })).items).toHaveLength(1)
    await expect(updateUser({ ctx: reader, input: { id: user.id, name: 'x' } })).rejects.toMatchObject({
      code: 'forbidden',
    })
    const { ctx: member } = await makeTenant(cloud)
    for (const call of [
      () => listUsers({ ctx: member, input: {} }),
      () => showUser({ ctx: member, input: { id: user.id } }),
      () => deleteUser({ ctx: member, input: { id: user.id } }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' })
    await expect(listUsers({ ctx: anonymousCtx(cloud), input: {} })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })
})
