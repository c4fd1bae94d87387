import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestCloud, makeHost, makeInstance, makeTenant, type TestCloud } from '@nephos/core/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restartAfterCrash, restartCrashed, restartPauseMs } from './auto-restart.ts'
import type { ComputeDeps } from './deps.ts'
import { SimulatedDriver } from './drivers/simulated/driver.ts'
import { GuestEvents } from './guest-events.ts'
import { reconcilePowerStates } from './reconcilers/power-state.ts'

const hostName = 'host1'
let cloud: TestCloud
let dir: string
let deps: ComputeDeps
let hostId: string
let projectId: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nephos-restart-'))
  cloud = await createTestCloud()
  hostId = (await makeHost(cloud, { name: hostName })).id
  projectId = (await makeTenant(cloud)).project.id
  const driver = new SimulatedDriver({
    instancesDir: dir,
    vcpus: 1,
    ramMib: 1,
    diskGib: 1,
    consoleLogBytes: 65_536,
  })
  deps = { services: cloud.services, driver, hostName, log: pino({ level: 'silent' }) }
})
afterAll(async () => {
  await deps.driver.close()
  await cloud.close()
  await rm(dir, { recursive: true, force: true })
})

type Columns = NonNullable<Parameters<typeof makeInstance>[1]>
const make = async (columns: Partial<Columns>) =>
  (await makeInstance(cloud, { projectId, hostId, taskState: null, ...columns } as Columns)).id
const stateOf = (id: string) => cloud.db.instance.findUniqueOrThrow({ where: { id } })
const happened = async (id: string) =>
  (await cloud.db.audit.findMany({ where: { resourceId: id }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })).map(
    ({ verb }) => verb.split('.').at(-1),
  )
const crashedAgain = (id: string) =>
  cloud.db.instance.update({
    where: { id },
    data: { vmState: 'stopped', taskState: null, powerState: 6, generation: { increment: 1 } },
  })
/** What the hypervisor says by itself. */
async function event(instanceId: string, kind: 'crashed' | 'powered-off'): Promise<void> {
  const events = new GuestEvents(deps)
  events.take({ instanceId, kind })
  await events.close()
}

describe('a guest that crashes', () => {
  it('is stopped and says so, among what happened to it', async () => {
    const id = await make({ vmState: 'active', powerState: 1 })
    await event(id, 'crashed')
    expect(await stateOf(id)).toMatchObject({ vmState: 'stopped', powerState: 6, taskState: null })
    expect((await stateOf(id)).faultMessage).toContain('crashed')
    expect(await happened(id)).toEqual(['crashed'])
  })

  it('is started at once where its policy says so; one that powered off is not', async () => {
    const id = await make({ vmState: 'active', powerState: 1, restartPolicy: 'on-failure' })
    await event(id, 'crashed')
    expect(await stateOf(id)).toMatchObject({ vmState: 'stopped', taskState: 'powering-on' })
    expect(await happened(id)).toEqual(['crashed', 'autoRestart'])
    expect(await cloud.db.operation.findMany({ where: { resourceId: id } })).toMatchObject([
      { kind: 'instance-start', input: { action: 'start', automatic: true } },
    ])
    const off = await make({ vmState: 'active', powerState: 1, restartPolicy: 'on-failure' })
    await event(off, 'powered-off')
    expect(await stateOf(off)).toMatchObject({ vmState: 'stopped', powerState: 4, taskState: null })
  })

  it('is started again after longer and longer pauses, and then left alone', async () => {
    expect([0, 1, 2, 3, 9].map(restartPauseMs)).toEqual([0, 10_000, 20_000, 40_000, 300_000])
    const id = await make({ vmState: 'stopped', powerState: 6, restartPolicy: 'on-failure' })
    let now = Date.now()
    for (let restarts = 0; restarts < 5; restarts++) {
      if (restarts > 0)
        expect(await restartAfterCrash(deps, id, new Date(now + restartPauseMs(restarts) - 1_000))).toBe(
          false,
        )
      now += restartPauseMs(restarts)
      expect(await restartAfterCrash(deps, id, new Date(now + 500))).toBe(true)
      // The audit log has the time of the transaction; the test goes on from the time that it was asked at.
      await cloud.db.audit.updateMany({
        where: {
          resourceId: id,
          at: { gt: new Date(now + 500 - 60_000) },
          verb: { endsWith: 'autoRestart' },
        },
        data: { at: new Date(now) },
      })
      await crashedAgain(id)
    }
    expect(await restartAfterCrash(deps, id, new Date(now + 600_000))).toBe(false)
    expect((await stateOf(id)).faultMessage).toContain('left off')
    const { generation } = await stateOf(id)
    expect(await restartAfterCrash(deps, id, new Date(now + 600_000))).toBe(false)
    expect((await stateOf(id)).generation).toBe(generation)
    expect(await restartAfterCrash(deps, id, new Date(now + 3_700_000))).toBe(true)
  })

  it('is found by the reconciler too', async () => {
    const wanted = await make({ vmState: 'stopped', powerState: 6, restartPolicy: 'on-failure' })
    const left = await make({ vmState: 'stopped', powerState: 6 })
    await restartCrashed(deps)
    expect((await stateOf(wanted)).taskState).toBe('powering-on')
    expect((await stateOf(left)).taskState).toBeNull()
  })
})

describe('the power states', () => {
  it('of paused, suspended, rescued and deleted instances follow their machines', async () => {
    const paused = await make({ vmState: 'paused', powerState: 3 })
    const suspended = await make({ vmState: 'suspended', powerState: 7 })
    const rescued = await make({ vmState: 'rescued', powerState: 1 })
    const deleted = await make({ vmState: 'soft_deleted', powerState: 4 })
    // None of them has a machine here.
    await reconcilePowerStates(deps)
    expect(await stateOf(paused)).toMatchObject({ vmState: 'stopped', powerState: 4 })
    expect(await stateOf(suspended)).toMatchObject({ vmState: 'stopped', powerState: 4 })
    expect((await stateOf(suspended)).faultMessage).toContain('saved memory')
    expect(await stateOf(rescued)).toMatchObject({ vmState: 'rescued', powerState: 4 })
    expect(await stateOf(deleted)).toMatchObject({ vmState: 'soft_deleted', powerState: 4 })
  })

  it('a machine of a deleted instance that runs is powered off; a held one stays held', async () => {
    const spec = (instanceId: string) => ({
      instanceId,
      name: 'web',
      vcpus: 1,
      ramMib: 64,
      diskGib: 1,
      image: { imageId: 'i', sha512: 's', format: 'qcow2' as const },
      nics: [],
      netns: null,
    })
    const deleted = await make({ vmState: 'soft_deleted', powerState: 4 })
    const suspended = await make({ vmState: 'suspended', powerState: 7 })
    for (const id of [deleted, suspended]) {
      await deps.driver.createDisk(spec(id))
      await deps.driver.start(spec(id))
    }
    await deps.driver.holds.suspend(suspended)
    await reconcilePowerStates(deps)
    expect(await deps.driver.status(deleted)).toMatchObject({ powerState: 4 })
    expect(await stateOf(deleted)).toMatchObject({ vmState: 'soft_deleted', taskState: null, powerState: 4 })
    expect(await stateOf(suspended)).toMatchObject({ vmState: 'suspended', powerState: 7 })
  })
})
