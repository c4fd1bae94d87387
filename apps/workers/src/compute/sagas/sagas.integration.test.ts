import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deleteInstance, rebootInstance, startInstance, stopInstance } from '@nephos/core'
import { createTestCloud, makeHost, type TestCloud } from '@nephos/core/testing'
import { runSaga, type Saga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect } from 'vitest'
import { openScheduler } from '../../scheduler/open.ts'
import { schedule } from '../../scheduler/schedule.ts'
import { NetworkStandIn } from '../../testing/network-stand-in.ts'
import { makeWorkerTenant, type WorkerTenant } from '../../testing/tenant.ts'
import type { ComputeDeps } from '../deps.ts'
import { SimulatedDriver } from '../drivers/simulated/driver.ts'
import { instanceCreate } from './instance-create.ts'
import { instanceDelete, instanceDeleteUnplaced } from './instance-delete.ts'
import { instanceReboot } from './instance-reboot.ts'
import { instanceStart } from './instance-start.ts'
import { instanceStop } from './instance-stop.ts'
import type { InstanceState } from './load.ts'

const hostName = 'host1'
const network = new NetworkStandIn()
let cloud: TestCloud
let instancesDir: string
let tenant: WorkerTenant
let deps: ComputeDeps

beforeAll(async () => {
  instancesDir = await mkdtemp(join(tmpdir(), 'nephos-sagas-'))
  cloud = await createTestCloud({
    services: { ask: network.ask },
    // A failed build ends here instead of on another host.
    config: { schedulerMaxAttempts: 1 },
  })
  await makeHost(cloud, { name: hostName, vcpus: 10_000, ramMib: 10_000_000, diskGib: 100_000 })
  tenant = await makeWorkerTenant(cloud)
  const driver = new SimulatedDriver({
    instancesDir,
    vcpus: 1,
    ramMib: 1,
    diskGib: 1,
    consoleLogBytes: 65_536,
    bootMs: 1,
  })
  deps = { services: cloud.services, driver, hostName, log: pino({ level: 'silent' }) }
})
afterAll(async () => {
  await deps.driver.close()
  await cloud.close()
  await rm(instancesDir, { recursive: true, force: true })
})

interface Fixture extends SagaFixture {
  id: string
}

/** Stands for a saga until the driver exists; the tests bind each case to the real one. */
const named = (make: (deps: ComputeDeps) => Saga<InstanceState>): Saga<InstanceState> =>
  make({ services: {} as ComputeDeps['services'], driver: {} as ComputeDeps['driver'] } as ComputeDeps)

async function placed(name = 'web') {
  const [created] = await tenant.create({ name })
  const { id, operationId } = created!
  const scheduler = await openScheduler(cloud.services, 'test')
  const answers = await schedule(scheduler, [{ instanceId: id, operationId }])
  expect(answers).toEqual([null])
  return { db: cloud.db, id, operationId }
}

async function active(): Promise<{ id: string }> {
  const { id, operationId } = await placed()
  await runSaga(testTools(cloud.db), instanceCreate(deps), operationId, { last: true })
  expect(await stateOf(id)).toMatchObject({ vmState: 'active', taskState: null, powerState: 1 })
  return { id }
}

const stateOf = (id: string) =>
  cloud.db.instance.findUnique({
    where: { id },
    select: {
      vmState: true,
      taskState: true,
      powerState: true,
      hostId: true,
      faultMessage: true,
      launchedAt: true,
      allocations: { select: { hostId: true } },
      ports: { select: { id: true, allocations: { select: { ipAddress: true } } } },
    },
  })

/** Nothing of it is on the host: no machine, no file, no wired port. */
async function expectOffHost(id: string, portIds: string[]) {
  expect((await deps.driver.list()).map(({ instanceId }) => instanceId)).not.toContain(id)
  expect(await readdir(instancesDir)).not.toContain(id)
  expect(portIds.filter((port) => network.wired.has(port))).toEqual([])
}

async function expectUsageIsAllocations() {
  const host = await cloud.db.host.findUniqueOrThrow({ where: { name: hostName } })
  const { _sum, _count } = await cloud.db.allocation.aggregate({
    where: { hostId: host.id },
    _sum: { vcpus: true, ramMib: true, diskGib: true },
    _count: true,
  })
  expect([host.usedVcpus, host.usedRamMib, host.usedDiskGib, host.instanceCount]).toEqual([
    _sum.vcpus ?? 0,
    _sum.ramMib ?? 0,
    _sum.diskGib ?? 0,
    _count,
  ])
}

testSaga<InstanceState, Fixture>(named(instanceCreate), {
  setup: () => placed(),
  sagaFor: () => instanceCreate(deps),
  assertDone: async ({ id }) => {
    const state = await stateOf(id)
    expect(state).toMatchObject({ vmState: 'active', taskState: null, powerState: 1, faultMessage: null })
    expect(state?.launchedAt).not.toBeNull()
    expect(state?.allocations).toHaveLength(1)
    expect((await deps.driver.status(id)).powerState).toBe(1)
    expect(state?.ports.every((port) => network.wired.has(port.id))).toBe(true)
    await expectUsageIsAllocations()
  },
  assertClean: async ({ id }) => {
    const state = await stateOf(id)
    expect(state).toMatchObject({ vmState: 'error', taskState: null, hostId: null, allocations: [] })
    expect(state?.faultMessage).toBeTruthy()
    expect(state?.ports[0]?.allocations).toHaveLength(1)
    await expectOffHost(id, state?.ports.map((port) => port.id) ?? [])
    await expectUsageIsAllocations()
  },
})

const stopped = async () => {
  const { id } = await active()
  const { operationId } = await stopInstance({ ctx: tenant.ctx, input: { id } })
  await runSaga(testTools(cloud.db), instanceStop(deps), operationId, { last: true })
  expect(await stateOf(id)).toMatchObject({ vmState: 'stopped', powerState: 4 })
  return id
}

testSaga<InstanceState, Fixture>(named(instanceStart), {
  setup: async () => {
    const id = await stopped()
    const { operationId } = await startInstance({ ctx: tenant.ctx, input: { id } })
    return { db: cloud.db, id, operationId }
  },
  sagaFor: () => instanceStart(deps),
  assertDone: async ({ id }) => {
    expect(await stateOf(id)).toMatchObject({ vmState: 'active', taskState: null, powerState: 1 })
    expect((await deps.driver.status(id)).powerState).toBe(1)
  },
  assertClean: async ({ id }) => {
    const state = await stateOf(id)
    expect(state).toMatchObject({ vmState: 'stopped', taskState: null, powerState: 4 })
    expect((await deps.driver.status(id)).powerState).toBe(4)
    expect(state?.ports.some((port) => network.wired.has(port.id))).toBe(false)
  },
})

/** A failed stop or reboot leaves the instance idle and shows what the machine really is. */
const expectTruth = async ({ id }: Fixture) => {
  const { powerState } = await deps.driver.status(id)
  const vmState = powerState === 1 ? 'active' : 'stopped'
  expect(await stateOf(id)).toMatchObject({ vmState, taskState: null, powerState })
}

testSaga<InstanceState, Fixture>(named(instanceStop), {
  setup: async () => {
    const { id } = await active()
    const { operationId } = await stopInstance({ ctx: tenant.ctx, input: { id } })
    return { db: cloud.db, id, operationId }
  },
  sagaFor: () => instanceStop(deps),
  assertDone: async ({ id }) => {
    expect(await stateOf(id)).toMatchObject({ vmState: 'stopped', taskState: null, powerState: 4 })
    expect((await deps.driver.status(id)).powerState).toBe(4)
  },
  assertClean: expectTruth,
})

testSaga<InstanceState, Fixture>(named(instanceReboot), {
  setup: async () => {
    const { id } = await active()
    const { operationId } = await rebootInstance({ ctx: tenant.ctx, input: { id, type: 'hard' } })
    return { db: cloud.db, id, operationId }
  },
  sagaFor: () => instanceReboot(deps),
  assertDone: async ({ id }) => {
    expect(await stateOf(id)).toMatchObject({ vmState: 'active', taskState: null, powerState: 1 })
  },
  assertClean: expectTruth,
})

/** A delete that failed can be asked for again. */
const expectDeletable = async ({ id }: Fixture) => {
  expect(await stateOf(id)).toMatchObject({ vmState: 'error', taskState: null })
  expect((await stateOf(id))?.faultMessage).toBeTruthy()
}

async function expectGone({ id }: Fixture) {
  expect(await stateOf(id)).toBeNull()
  await expectOffHost(id, [])
  expect(await cloud.db.port.count({ where: { instanceId: id } })).toBe(0)
  expect(await cloud.db.scheduleAttempt.count({ where: { instanceId: id } })).toBe(0)
  await expectUsageIsAllocations()
  const instances = await cloud.db.instance.count({ where: { projectId: tenant.projectId } })
  const usage = await cloud.db.quotaUsage.findMany({ where: { scopeId: tenant.projectId } })
  const used = Object.fromEntries(usage.map((row) => [row.resource, row.used]))
  const groups = { security_groups: 1, security_group_rules: 4 }
  expect(used).toEqual({ instances, cores: instances, ram: instances * 128, ports: instances, ...groups })
}

testSaga<InstanceState, Fixture>(named(instanceDelete), {
  setup: async () => {
    const { id } = await active()
    const { operationId } = await deleteInstance({ ctx: tenant.ctx, input: { id } })
    return { db: cloud.db, id, operationId }
  },
  sagaFor: () => instanceDelete(deps),
  assertDone: expectGone,
  assertClean: expectDeletable,
})

testSaga<InstanceState, Fixture>(
  named(({ services }) => instanceDeleteUnplaced(services)),
  {
    setup: async () => {
      const [created] = await tenant.create()
      const { id } = created!
      const { operationId } = await deleteInstance({ ctx: tenant.ctx, input: { id } })
      await cloud.db.operation.update({ where: { id: created!.operationId }, data: { status: 'cancelled' } })
      return { db: cloud.db, id, operationId }
    },
    sagaFor: () => instanceDeleteUnplaced(cloud.services),
    assertDone: expectGone,
    assertClean: expectDeletable,
  },
)
