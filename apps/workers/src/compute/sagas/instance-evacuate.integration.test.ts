import { type Ctx, evacuateInstance, liveMigrateInstance, stopInstance } from '@nephos/core'
import { ctxFor } from '@nephos/core/testing'
import { type SagaFixture, testSaga } from '@nephos/jobs/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { named, run, startTwoHosts, type TwoHosts } from '../../testing/two-hosts.ts'
import { destroyLeftBehind, orphanMachines } from '../reconcilers/orphan-machines.ts'
import { instanceEvacuate } from './instance-evacuate.ts'
import { instanceLiveMigrate } from './instance-live-migrate.ts'
import { instanceStop } from './instance-stop.ts'
import type { MoveState } from './move.ts'

let two: TwoHosts
let admin: Ctx

beforeAll(async () => {
  two = await startTwoHosts()
  admin = ctxFor(two.cloud, { systemRole: 'admin' })
  // Nobody sends heartbeats here.
  await two.cloud.db.service.updateMany({ data: { lastSeenAt: new Date(Date.now() + 3_600_000) } })
})
afterAll(() => two.close())
afterEach(() => back())

/** The first host gives no sign of life any more; what runs there goes on. */
async function lose(): Promise<void> {
  two.silent.add('host1')
  await seen(new Date(0))
}

async function back(): Promise<void> {
  two.silent.clear()
  await seen(new Date(Date.now() + 3_600_000))
}

const seen = (lastSeenAt: Date) =>
  two.cloud.db.service.updateMany({ where: { hostName: 'host1' }, data: { lastSeenAt } })

interface Fixture extends SagaFixture {
  id: string
}

/** An evacuation that the scheduler has placed. */
async function placed(id: string): Promise<Fixture> {
  await lose()
  const asked = await evacuateInstance({ ctx: admin, input: { id } })
  expect(asked.instance).toMatchObject({ taskState: 'rebuilding', status: 'REBUILD' })
  expect(await two.place(id, asked.operationId)).toBeNull()
  return { db: two.cloud.db, id, operationId: asked.operationId, cleanup: back }
}

const saga = () => instanceEvacuate(two.hosts[1].deps)

const evacuated = async ({ id }: Fixture) => {
  const state = await two.state(id)
  expect(state).toMatchObject({ vmState: 'active', taskState: null, powerState: 1, faultMessage: null })
  expect(state.host?.name).toBe('host2')
  expect(state.allocations).toMatchObject([{ consumerId: id, host: { name: 'host2' } }])
  expect(state.migrations[0]).toMatchObject({
    kind: 'evacuation',
    status: 'completed',
    endedAt: expect.any(Date),
  })
  expect(state.ports.every((port) => two.host('host2').network.wired.has(port.id))).toBe(true)
  expect((await two.hosts[1].driver.status(id)).powerState).toBe(1)
  await two.expectUsage()
}

/** The lost host comes back: what it does before anything else. */
const returns = async (id: string) => {
  await back()
  expect(await destroyLeftBehind(two.hosts[0].deps)).toContain(id)
  expect(await two.runsOn(id)).toEqual(['host2'])
  expect(await two.filesOn(id)).toEqual(['host2'])
  expect(await two.volumeOn(id)).toEqual(['host2'])
}

testSaga<MoveState, Fixture>(named(instanceEvacuate), {
  setup: async () => placed(await two.active()),
  sagaFor: saga,
  assertDone: async (fixture) => {
    await evacuated(fixture)
    await returns(fixture.id)
  },
  assertClean: async ({ id }) => {
    const state = await two.state(id)
    expect(state).toMatchObject({ vmState: 'active', taskState: null, host: { name: 'host1' } })
    expect(state.allocations).toMatchObject([{ consumerId: id, host: { name: 'host1' } }])
    expect(state.migrations[0]).toMatchObject({ status: 'error', endedAt: expect.any(Date) })
    expect(await two.runsOn(id)).toEqual(['host1'])
    expect(await two.filesOn(id)).toEqual(['host1'])
    expect(state.ports.some((port) => two.host('host2').network.wired.has(port.id))).toBe(false)
    await two.expectUsage()
    await back()
    // It is still that host's, and may be evacuated once more.
    expect(await destroyLeftBehind(two.hosts[0].deps)).toEqual([])
  },
})

describe('an evacuation', () => {
  it('is refused while the host is up', async () => {
    const id = await two.active()
    await expect(evacuateInstance({ ctx: admin, input: { id } })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('host1 is up'),
    })
    expect(await two.state(id)).toMatchObject({ vmState: 'active', taskState: null, migrations: [] })
  })

  it('leaves a stopped instance off', async () => {
    const id = await two.active()
    const { operationId } = await stopInstance({ ctx: two.tenant.ctx, input: { id } })
    await run(two.cloud, instanceStop(two.hosts[0].deps), operationId)
    const fixture = await placed(id)
    await run(two.cloud, saga(), fixture.operationId)
    expect(await two.state(id)).toMatchObject({ vmState: 'stopped', powerState: 4, host: { name: 'host2' } })
    expect(await two.runsOn(id)).toEqual([])
  })

  it('has a host destroy its machine that comes back in the middle, before the new one starts', async () => {
    const fixture = await placed(await two.active())
    const own = saga()
    const running: string[][] = []
    const watched = {
      ...own,
      steps: own.steps.map((step) => ({
        ...step,
        run: async (context: Parameters<typeof step.run>[0]) => {
          if (step.name === 'fence-source') two.silent.clear()
          if (step.name === 'start-machine') running.push(await two.runsOn(fixture.id))
          return step.run(context)
        },
      })),
    }
    await run(two.cloud, watched, fixture.operationId)
    expect(running).toEqual([[]])
    expect(await two.runsOn(fixture.id)).toEqual(['host2'])
    await evacuated(fixture)
  })

  it('fences what the lost host was doing: it does not go on with it', async () => {
    const id = await two.active()
    const stop = await stopInstance({ ctx: two.tenant.ctx, input: { id } })
    const fixture = await placed(id)
    await run(two.cloud, saga(), fixture.operationId)
    await evacuated(fixture)
    await back()
    await run(two.cloud, instanceStop(two.hosts[0].deps), stop.operationId)
    const operation = await two.cloud.db.operation.findUniqueOrThrow({ where: { id: stop.operationId } })
    expect(operation).toMatchObject({ status: 'failed', errorMessage: expect.stringContaining('was lost') })
    expect(await two.runsOn(id)).toEqual(['host1', 'host2'])
    await returns(id)
  })

  it('ends a live migration that the lost host was leading', async () => {
    const id = await two.active()
    const live = await liveMigrateInstance({ ctx: admin, input: { id } })
    expect(await two.place(id, live.operationId)).toBeNull()
    const fixture = await placed(id)
    expect((await two.state(id)).migrations).toMatchObject([
      { kind: 'evacuation', status: 'pre-migrating' },
      { kind: 'live-migration', status: 'error' },
    ])
    await run(two.cloud, saga(), fixture.operationId)
    await evacuated(fixture)
    await back()
    await run(two.cloud, instanceLiveMigrate(two.hosts[0].deps), live.operationId)
    await evacuated(fixture)
    await returns(id)
  })

  it('is noticed by a host that was only silent, in its next round', async () => {
    const fixture = await placed(await two.active())
    const round = orphanMachines(two.hosts[0].deps)
    expect(await round()).toEqual([])
    await run(two.cloud, saga(), fixture.operationId)
    expect(await round()).toContain(fixture.id)
    expect(await two.runsOn(fixture.id)).toEqual(['host2'])
  })
})
