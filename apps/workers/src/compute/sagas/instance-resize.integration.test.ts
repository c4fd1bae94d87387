import { confirmResize, resizeInstance, revertResize } from '@nephos/core'
import { makeFlavor } from '@nephos/core/testing'
import { type SagaFixture, testSaga } from '@nephos/jobs/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { named, run, startTwoHosts, type TwoHosts } from '../../testing/two-hosts.ts'
import { closeLeftMoves } from '../reconcilers/left-moves.ts'
import { instanceConfirmResize, instanceRevertResize } from './instance-judge-resize.ts'
import { instanceResize } from './instance-resize.ts'
import type { MoveState } from './move.ts'

let two: TwoHosts
let large: string
let small: string
let used: () => Promise<Record<string, number>>

beforeAll(async () => {
  two = await startTwoHosts()
  ;[large, small] = await Promise.all([
    makeFlavor(two.cloud, { vcpus: 4, ramMib: 512, diskGib: 2 }).then(({ id }) => id),
    makeFlavor(two.cloud, { vcpus: 1, ramMib: 64, diskGib: 1 }).then(({ id }) => id),
  ])
  used = async () => {
    const rows = await two.cloud.db.quotaUsage.findMany({ where: { scopeId: two.tenant.projectId } })
    const sum = await two.cloud.db.instance.aggregate({
      where: { projectId: two.tenant.projectId },
      _sum: { vcpus: true, ramMib: true },
    })
    const of = (resource: string) => rows.find((row) => row.resource === resource)?.used ?? 0
    return { cores: of('cores') - (sum._sum.vcpus ?? 0), ram: of('ram') - (sum._sum.ramMib ?? 0) }
  }
})
afterAll(() => two.close())

interface Fixture extends SagaFixture {
  id: string
  migrationId: string
  home: string
}

/** A resize that the scheduler has placed on `to`. */
async function placed(to: 'host1' | 'host2', flavorId = large): Promise<Fixture> {
  const id = await two.active()
  const { operationId, migrationId } = await resizeInstance({ ctx: two.tenant.ctx, input: { id, flavorId } })
  const other = to === 'host1' ? 'host2' : 'host1'
  const { db } = two.cloud
  const open = (enabled: boolean) =>
    db.host.update({ where: { name: other }, data: { enabled, generation: { increment: 1 } } })
  await open(false)
  expect(await two.place(id, operationId)).toBeNull()
  await open(true)
  return { db, id, operationId, migrationId, home: to }
}

const resized = async ({ id, home }: Fixture) => {
  const state = await two.state(id)
  expect(state).toMatchObject({ vmState: 'resized', taskState: null, powerState: 1, vcpus: 4, diskGib: 2 })
  expect(state.host?.name).toBe(home)
  expect(state.migrations[0]).toMatchObject({ status: 'finished', endedAt: null })
  expect(state.allocations).toHaveLength(2)
  expect(await two.runsOn(id)).toEqual([home])
  // The host that it left can still be gone back to.
  expect(await two.volumeOn(id)).toEqual([...new Set(['host1', home])])
  expect(state.ports.every((port) => two.host(home).network.wired.has(port.id))).toBe(true)
  await two.expectUsage()
}

const asBefore = async ({ id }: Fixture) => {
  const state = await two.state(id)
  expect(state).toMatchObject({ vmState: 'active', taskState: null, powerState: 1, vcpus: 1, diskGib: 1 })
  expect(state.host?.name).toBe('host1')
  expect(state.allocations).toMatchObject([{ consumerId: id, vcpus: 1, host: { name: 'host1' } }])
  expect(state.migrations[0]!.endedAt).not.toBeNull()
  expect(await two.runsOn(id)).toEqual(['host1'])
  expect(await two.filesOn(id)).toEqual(['host1'])
  expect(await two.volumeOn(id)).toEqual(['host1'])
  expect(state.ports.some((port) => two.host('host2').network.wired.has(port.id))).toBe(false)
  expect(await used()).toEqual({ cores: 0, ram: 0 })
  await two.expectUsage()
}
const remove = async ({ id }: Fixture) => {
  await two.cloud.db.migration.deleteMany({ where: { instanceId: id } })
}

for (const to of ['host2', 'host1'] as const)
  describe(to === 'host1' ? 'on the same host' : 'to another host', () => {
    testSaga<MoveState, Fixture>(named(instanceResize), {
      setup: () => placed(to),
      sagaFor: () => instanceResize(two.hosts[0].deps),
      assertDone: async (fixture) => {
        await resized(fixture)
        // One instance waits to be judged; what it holds beyond its row is nothing, as the new flavor is the larger one.
        expect(await used()).toEqual({ cores: 0, ram: 0 })
        await remove(fixture)
      },
      assertClean: asBefore,
    })
  })

async function waiting(to: 'host1' | 'host2', flavorId = large): Promise<Fixture> {
  const fixture = await placed(to, flavorId)
  await run(two.cloud, instanceResize(two.hosts[0].deps), fixture.operationId)
  expect(await two.state(fixture.id)).toMatchObject({ vmState: 'resized', host: { name: to } })
  return fixture
}

for (const to of ['host2', 'host1'] as const)
  describe(to === 'host1' ? 'on the same host' : 'from another host', () => {
    testSaga<MoveState, Fixture>(named(instanceConfirmResize), {
      setup: async () => {
        const fixture = await waiting(to)
        const { operationId } = await confirmResize({ ctx: two.tenant.ctx, input: { id: fixture.id } })
        return { ...fixture, operationId }
      },
      sagaFor: ({ home }) => instanceConfirmResize(two.host(home).deps),
      assertDone: async ({ id, home }) => {
        const state = await two.state(id)
        expect(state).toMatchObject({ vmState: 'active', taskState: null, vcpus: 4 })
        expect(state.allocations).toMatchObject([{ consumerId: id, vcpus: 4, host: { name: home } }])
        expect(await two.runsOn(id)).toEqual([home])
        expect(await two.filesOn(id)).toEqual([home])
        expect(await two.volumeOn(id)).toEqual([home])
        expect(await used()).toEqual({ cores: 0, ram: 0 })
        await two.expectUsage()
      },
      assertClean: async ({ id }) =>
        expect(await two.state(id)).toMatchObject({ vmState: 'resized', taskState: null, vcpus: 4 }),
    })

    testSaga<MoveState, Fixture>(named(instanceRevertResize), {
      setup: async () => {
        const fixture = await waiting(to)
        const { operationId } = await revertResize({ ctx: two.tenant.ctx, input: { id: fixture.id } })
        return { ...fixture, operationId }
      },
      sagaFor: ({ home }) => instanceRevertResize(two.host(home).deps),
      assertDone: asBefore,
      assertClean: async ({ id }) =>
        expect(await two.state(id)).toMatchObject({ vmState: 'resized', taskState: null }),
    })
  })

it('gives quota back for what a smaller flavor does not need, once it is confirmed', async () => {
  const before = await used()
  const { id } = await waiting('host2', small)
  expect(await used()).toEqual({ cores: before.cores, ram: before.ram! + 64 })
  const { operationId } = await confirmResize({ ctx: two.tenant.ctx, input: { id } })
  await run(two.cloud, instanceConfirmResize(two.hosts[1].deps), operationId)
  expect(await used()).toEqual(before)
  expect(await two.state(id)).toMatchObject({ vmState: 'active', ramMib: 64 })
})

it('starts nothing here while a destination that may run it does not answer', async () => {
  const fixture = await placed('host2')
  const saga = instanceResize(two.hosts[0].deps)
  const last = saga.steps.at(-1)!
  const lost = {
    ...saga,
    steps: [
      ...saga.steps.slice(0, -1),
      {
        ...last,
        run: async (context: Parameters<typeof last.run>[0]) => {
          await last.run(context)
          two.silent.add('host2')
          throw Object.assign(new Error('lost'), { code: 'driver_failed' })
        },
      },
    ],
  }
  const { services } = two.cloud
  const { config } = services
  services.config = { ...config, serviceDownTime: 0.2 }
  try {
    await run(two.cloud, lost, fixture.operationId)
  } finally {
    services.config = config
    two.silent.clear()
  }
  expect(await two.runsOn(fixture.id)).toEqual(['host2'])
  expect(await two.state(fixture.id)).toMatchObject({ vmState: 'error', host: { name: 'host1' } })
  expect((await two.state(fixture.id)).migrations[0]).toMatchObject({ status: 'failing', endedAt: null })
  // The source cannot know; the destination can, once it is back.
  expect(await closeLeftMoves(two.hosts[0].deps)).not.toContain(fixture.migrationId)
  expect(await closeLeftMoves(two.hosts[1].deps)).toContain(fixture.migrationId)
  expect((await two.state(fixture.id)).migrations[0]).toMatchObject({ status: 'error' })
  expect(await two.state(fixture.id)).toMatchObject({ vmState: 'stopped', host: { name: 'host1' } })
  expect(await two.filesOn(fixture.id)).toEqual(['host1'])
  expect(await two.volumeOn(fixture.id)).toEqual(['host1'])
  expect(await two.runsOn(fixture.id)).toEqual([])
  await two.expectUsage()
})

it('does not end on the same host where the cloud does not let it', async () => {
  const id = await two.active()
  const { services, db } = two.cloud
  const { config } = services
  const open = (enabled: boolean) =>
    db.host.update({ where: { name: 'host2' }, data: { enabled, generation: { increment: 1 } } })
  await open(false)
  services.config = { ...config, allowResizeToSameHost: false }
  try {
    const { operationId } = await resizeInstance({ ctx: two.tenant.ctx, input: { id, flavorId: large } })
    expect(await two.place(id, operationId)).toBeNull()
  } finally {
    services.config = config
    await open(true)
  }
  expect(await two.state(id)).toMatchObject({
    vmState: 'active',
    taskState: null,
    vcpus: 1,
    faultMessage: expect.stringContaining('No valid host'),
  })
})
