import { createServerGroup, previewPlacement } from '@nephos/core'
import { createTestCloud, ctxFor, makeHost, makeProject, type TestCloud } from '@nephos/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWorkerTenant, type WorkerTenant } from '../testing/tenant.ts'
import { openScheduler } from './open.ts'
import { preview } from './preview.ts'
import { type SchedulerState, schedule } from './schedule.ts'

let cloud: TestCloud
let tenant: WorkerTenant
/** The scheduler that answers, once a test has made its hosts. */
let state: SchedulerState | null = null
beforeEach(async () => {
  state = null
  cloud = await createTestCloud({
    services: {
      ask: async (_host, _name, input) => {
        state ??= await openScheduler(cloud.services, 'test')
        return preview(state, input as Parameters<typeof preview>[1]) as never
      },
    },
  })
  tenant = await makeWorkerTenant(cloud)
})
afterEach(() => cloud.close())

type Wish = Partial<Parameters<typeof previewPlacement>[0]['input']>
const ask = (wish: Wish = {}, ctx = tenant.ctx) =>
  previewPlacement({ ctx, input: { flavorId: tenant.flavorId, imageId: tenant.imageId, ...wish } })
const place = async (serverGroupId?: string) => {
  const [created] = await tenant.create({ serverGroupId })
  state ??= await openScheduler(cloud.services, 'test')
  await schedule(state, [{ instanceId: created!.id, operationId: created!.operationId }])
}
/** Two fit: RAM is what is short. */
const narrow = { ramMib: 256, reservedRamMib: 0 }

test('says how many fit, and what runs out first; only administrators see where', async () => {
  const [small, large] = [
    await makeHost(cloud, narrow),
    await makeHost(cloud, { ramMib: 1_024, reservedRamMib: 0 }),
  ]
  expect(await ask({ count: 11 })).toMatchObject({
    hosts: 2,
    passing: 2,
    fits: 10,
    enough: false,
    tight: { filter: 'ram', noun: 'RAM' },
    byHost: null,
  })
  await place()
  expect(await ask({ count: 9 })).toMatchObject({ fits: 9, enough: true })
  const project = await makeProject(cloud)
  const admin = ctxFor(cloud, { project, role: 'admin', systemRole: 'admin' })
  expect((await ask({ imageId: null }, admin)).byHost).toEqual([
    { host: large.name, fits: 7 },
    { host: small.name, fits: 2 },
  ])
})

test('says what stands in the way when none fits', async () => {
  await makeHost(cloud, { ...narrow, usedRamMib: 256 })
  await makeHost(cloud, { ...narrow, enabled: false })
  expect(await ask()).toMatchObject({ hosts: 2, passing: 0, fits: 0, enough: false, byHost: null })
  expect((await ask()).filters.filter(({ failed }) => failed > 0).map(({ noun }) => noun)).toEqual([
    'hosts that are up and enabled',
    'RAM',
  ])
})

test('looks at the zone, and names the field of one that there is not', async () => {
  await makeHost(cloud, { ...narrow, zone: 'east' })
  await makeHost(cloud, { ramMib: 1_024, reservedRamMib: 0 })
  expect(await ask({ availabilityZone: 'east' })).toMatchObject({ passing: 1, fits: 2 })
  await expect(ask({ availabilityZone: 'west' })).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'availabilityZone',
  })
})

test('counts what the policy of a group allows, with the members that it has', async () => {
  for (let count = 0; count < 3; count++) await makeHost(cloud, { ramMib: 1_024, reservedRamMib: 0 })
  const group = (policy: 'affinity' | 'anti-affinity', maxPerHost = 1) =>
    createServerGroup({ ctx: tenant.ctx, input: { name: policy, policy, maxPerHost } })
  const apart = await group('anti-affinity', 2)
  expect(await ask({ serverGroupId: apart.id })).toMatchObject({
    fits: 6,
    tight: { filter: 'server-group-anti-affinity' },
  })
  await place(apart.id)
  expect(await ask({ serverGroupId: apart.id })).toMatchObject({ passing: 3, fits: 5 })
  const together = await group('affinity')
  expect(await ask({ serverGroupId: together.id })).toMatchObject({ fits: 8 })
  await place(together.id)
  expect(await ask({ serverGroupId: together.id })).toMatchObject({ passing: 1, fits: 7 })
})
