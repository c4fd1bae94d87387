import { openDb } from '@nephos/db'
import { createTestDatabase } from '@nephos/db/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Services } from '../../kernel/index.ts'
import { anonymousCtx, createTestCloud, type TestCloud } from '../../testing/index.ts'
import { login, seed } from '../index.ts'

let cloud: TestCloud
let services: Services
let drop: () => Promise<void>

beforeEach(async () => {
  cloud = await createTestCloud()
  // A database of its own, in which nothing was seeded.
  const database = await createTestDatabase()
  const db = openDb(database.url)
  services = { ...cloud.services, db }
  drop = async () => {
    await db.$disconnect()
    await database.drop()
  }
})
afterEach(async () => {
  await drop()
  await cloud.close()
})

test('a new database gets an administrator who can sign in, two projects with a network each and the flavors', async () => {
  await seed(services, { adminPassword: 'first password' })
  const { session } = await login({
    ctx: { ...anonymousCtx(cloud), ...services },
    input: { name: 'admin', password: 'first password' },
  })
  expect(session).toMatchObject({
    isAdmin: true,
    systemRoles: ['admin'],
    user: { domainId: 'default', domainName: 'Default' },
    project: { name: 'admin' },
    projects: [
      { name: 'admin', roles: ['admin'] },
      { name: 'demo', roles: ['admin'] },
    ],
  })
  const flavors = await services.db.flavor.findMany({ orderBy: { ramMib: 'asc' } })
  expect(flavors.map(({ id, name, vcpus, ramMib, diskGib }) => [id, name, vcpus, ramMib, diskGib])).toEqual([
    ['42', 'm1.nano', 1, 128, 1],
    ['84', 'm1.micro', 1, 192, 1],
    ['1', 'm1.tiny', 1, 512, 1],
    ['2', 'm1.small', 1, 2048, 20],
    ['3', 'm1.medium', 2, 4096, 40],
    ['4', 'm1.large', 4, 8192, 80],
    ['5', 'm1.xlarge', 8, 16_384, 160],
  ])
  const networks = await services.db.network.findMany({ include: { subnets: true } })
  expect(networks.map(({ name, subnets }) => [name, subnets.map(({ cidr }) => cidr)])).toEqual([
    ['private', ['10.0.0.0/24']],
    ['private', ['10.0.0.0/24']],
  ])
  expect(new Set(networks.map(({ projectId }) => projectId))).toEqual(
    new Set(session.projects.map(({ id }) => id)),
  )
})

test('seeding again changes nothing: no password, no deleted flavor, no deleted project comes back', async () => {
  await seed(services, { adminPassword: 'first password' })
  await services.db.flavor.delete({ where: { id: '42' } })
  const demo = await services.db.project.findFirstOrThrow({ where: { name: 'demo' } })
  await services.db.assignment.deleteMany({ where: { targetId: demo.id } })
  await services.db.project.delete({ where: { id: demo.id } })
  const count = () =>
    Promise.all([
      services.db.flavor.count(),
      services.db.project.count(),
      services.db.user.count(),
      services.db.role.count(),
      services.db.assignment.count(),
    ])
  const before = await count()
  await seed(services, { adminPassword: 'second password' })
  expect(await count()).toEqual(before)
  const ctx = { ...anonymousCtx(cloud), ...services }
  await login({ ctx, input: { name: 'admin', password: 'first password' } })
})

test('two processes may seed at once', async () => {
  await Promise.all([
    seed(services, { adminPassword: 'first password' }),
    seed(services, { adminPassword: 'first password' }),
  ])
  expect(await services.db.user.count()).toBe(1)
  expect(await services.db.role.count()).toBe(4)
})
