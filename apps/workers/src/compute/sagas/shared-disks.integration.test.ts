import {
  type Ctx,
  confirmResize,
  deleteInstance,
  evacuateInstance,
  liveMigrateInstance,
  resizeInstance,
  revertResize,
} from '@nephos/core'
import { ctxFor, makeFlavor } from '@nephos/core/testing'
import { type SagaFixture, testSaga } from '@nephos/jobs/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { named, run, startTwoHosts, type TwoHosts } from '../../testing/two-hosts.ts'
import { destroyLeftBehind, orphanMachines } from '../reconcilers/orphan-machines.ts'
import { instanceDelete } from './instance-delete.ts'
import { instanceEvacuate } from './instance-evacuate.ts'
import { instanceConfirmResize, instanceRevertResize } from './instance-judge-resize.ts'
import { instanceLiveMigrate } from './instance-live-migrate.ts'
import { instanceResize } from './instance-resize.ts'
import type { MoveState } from './move.ts'

let two: TwoHosts
let admin: Ctx
let large: string

beforeAll(async () => {
  two = await startTwoHosts({ sharedDisks: true })
  admin = ctxFor(two.cloud, { systemRole: 'admin' })
  large = (await makeFlavor(two.cloud, { vcpus: 4, ramMib: 512, diskGib: 2 })).id
})
afterAll(() => two.close())
afterEach(() => back())

const seen = (lastSeenAt: Date) =>
  two.cloud.db.service.updateMany({ where: { hostName: 'host1' }, data: { lastSeenAt } })
async function back(): Promise<void> {
  two.silent.clear()
  await seen(new Date(Date.now() + 3_600_000))
}

interface Fixture extends SagaFixture {
  id: string
  migrationId: string
}
interface Asked {
  operationId: string
  migrationId: string
}

/** A move of an instance that the scheduler has placed on the other host. */
async function placed(ask: (id: string) => Promise<Asked>): Promise<Fixture> {
  const id = await two.active()
  expect(await two.storedDisk(id)).toMatchObject({ parts: ['host1'] })
  const { operationId, migrationId } = await ask(id)
  const only = (enabled: boolean) =>
    two.cloud.db.host.update({ where: { name: 'host1' }, data: { enabled, generation: { increment: 1 } } })
  await only(false)
  expect(await two.place(id, operationId)).toBeNull()
  await only(true)
  return { db: two.cloud.db, id, operationId, migrationId, cleanup: back }
}
const live = () => placed((id) => liveMigrateInstance({ ctx: admin, input: { id, host: 'host2' } }))
const resize = () => placed((id) => resizeInstance({ ctx: two.tenant.ctx, input: { id, flavorId: large } }))
const evacuation = () =>
  placed(async (id) => {
    two.silent.add('host1')
    await seen(new Date(0))
    return evacuateInstance({ ctx: admin, input: { id } })
  })

/** The instance runs on one host alone, with the disk that it was made with, in which only this host has a part. */
async function expectOn({ id }: Fixture, host: string): Promise<void> {
  expect((await two.state(id)).host?.name).toBe(host)
  expect(await two.runsOn(id)).toEqual([host])
  expect(await two.filesOn(id)).toEqual([host])
  expect(await two.storedDisk(id)).toEqual({ text: `disk of ${id}\n`, parts: [host] })
}

async function deleted({ id }: Fixture, host: 'host1' | 'host2'): Promise<void> {
  const { operationId } = await deleteInstance({ ctx: two.tenant.ctx, input: { id } })
  await run(two.cloud, instanceDelete(two.host(host).deps), operationId)
  expect(await two.storedDisk(id)).toBeNull()
}

describe('with disks that both hosts see', () => {
  testSaga<MoveState, Fixture>(named(instanceLiveMigrate), {
    setup: live,
    sagaFor: () => instanceLiveMigrate(two.hosts[0].deps),
    assertDone: (fixture) => expectOn(fixture, 'host2'),
    assertClean: (fixture) => expectOn(fixture, 'host1'),
    pointOfNoReturn: 'switch-over',
  })

  testSaga<MoveState, Fixture>(named(instanceEvacuate), {
    setup: evacuation,
    sagaFor: () => instanceEvacuate(two.hosts[1].deps),
    assertDone: async (fixture) => {
      expect(await two.storedDisk(fixture.id)).toEqual({ text: `disk of ${fixture.id}\n`, parts: ['host2'] })
      await back()
      expect(await destroyLeftBehind(two.hosts[0].deps)).toContain(fixture.id)
      await expectOn(fixture, 'host2')
    },
    assertClean: (fixture) => expectOn(fixture, 'host1'),
  })

  it('a live migration copies the memory alone, and the instance takes its disks along when it is deleted', async () => {
    const fixture = await live()
    await run(two.cloud, instanceLiveMigrate(two.hosts[0].deps), fixture.operationId)
    const { totalBytes } = await two.cloud.db.migration.findUniqueOrThrow({
      where: { id: fixture.migrationId },
    })
    const { ramMib } = await two.state(fixture.id)
    expect(Number(totalBytes)).toBe(ramMib * 1024 ** 2)
    await deleted(fixture, 'host2')
  })

  it('a resize that is confirmed leaves the disks to the new host, one that is reverted to the old one', async () => {
    for (const judge of ['confirm', 'revert'] as const) {
      const fixture = await resize()
      await run(two.cloud, instanceResize(two.hosts[0].deps), fixture.operationId)
      expect(await two.runsOn(fixture.id)).toEqual(['host2'])
      expect(await two.storedDisk(fixture.id)).toMatchObject({ parts: ['host1', 'host2'] })
      const input = { ctx: two.tenant.ctx, input: { id: fixture.id } }
      const asked = await (judge === 'confirm' ? confirmResize(input) : revertResize(input))
      const saga = judge === 'confirm' ? instanceConfirmResize : instanceRevertResize
      await run(two.cloud, saga(two.hosts[1].deps), asked.operationId)
      await expectOn(fixture, judge === 'confirm' ? 'host2' : 'host1')
      await deleted(fixture, judge === 'confirm' ? 'host2' : 'host1')
    }
  })

  it('a lost host that answers again in the middle of an evacuation takes no disks away', async () => {
    const fixture = await evacuation()
    const own = instanceEvacuate(two.hosts[1].deps)
    await run(
      two.cloud,
      {
        ...own,
        steps: own.steps.map((step) => ({
          ...step,
          run: async (context: Parameters<typeof step.run>[0]) => {
            if (step.name === 'fence-source') two.silent.clear()
            if (step.name === 'wire-ports') await orphanMachines(two.hosts[0].deps)()
            return step.run(context)
          },
        })),
      },
      fixture.operationId,
    )
    await expectOn(fixture, 'host2')
    await deleted(fixture, 'host2')
  })
})
