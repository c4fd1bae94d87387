import { deleteInstance, type ScheduleRequest, showInstance } from '@nephos/core'
import { createTestCloud, eventsIn, makeHost, type TestCloud } from '@nephos/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeWorkerTenant } from '../testing/tenant.ts'
import { batched } from './batch.ts'
import { openScheduler } from './open.ts'
import { schedule } from './schedule.ts'

let cloud: TestCloud
beforeEach(async () => {
  cloud = await createTestCloud()
})
afterEach(() => cloud.close())

const scheduler = (name = 'scheduler') => openScheduler(cloud.services, name)

const requests = (created: { id: string; operationId: string }[]): ScheduleRequest[] =>
  created.map(({ id, operationId }) => ({ instanceId: id, operationId }))

async function expectUsageFits() {
  for (const host of await cloud.db.host.findMany({ include: { allocations: true } })) {
    const sum = (pick: (row: { vcpus: number; ramMib: number; diskGib: number }) => number) =>
      host.allocations.reduce((total, row) => total + pick(row), 0)
    expect([host.usedVcpus, host.usedRamMib, host.usedDiskGib, host.instanceCount]).toEqual([
      sum((row) => row.vcpus),
      sum((row) => row.ramMib),
      sum((row) => row.diskGib),
      host.allocations.length,
    ])
    expect(host.usedRamMib).toBeLessThanOrEqual(host.ramMib)
    expect(host.usedDiskGib).toBeLessThanOrEqual(host.diskGib)
    expect(host.usedVcpus).toBeLessThanOrEqual(host.vcpus * host.vcpuRatio)
  }
}

/** Two instances fit for each of these hosts: RAM is what is short. */
const narrow = { ramMib: 256, reservedRamMib: 0 }

describe('one scheduler', () => {
  test('places an instance: claim, job for the host, step and table of verdicts', async () => {
    const host = await makeHost(cloud)
    const tenant = await makeWorkerTenant(cloud)
    const created = await tenant.create()
    const { id, operationId } = created[0]!
    const before = cloud.kicked.length
    expect(await schedule(await scheduler(), requests(created))).toEqual([null])
    expect(await cloud.db.instance.findUniqueOrThrow({ where: { id } })).toMatchObject({
      hostId: host.id,
      zone: 'nova',
      vmState: 'building',
      taskState: 'networking',
      generation: 1,
    })
    expect(await cloud.db.allocation.findUniqueOrThrow({ where: { consumerId: id } })).toMatchObject({
      hostId: host.id,
      ramMib: 128,
    })
    const kicked = cloud.kicked.slice(before)
    expect(kicked.filter(({ channel }) => channel === 'job')).toMatchObject([
      { subject: `job.compute.${host.name}.instance.create`, payload: { operationId, instanceId: id } },
    ])
    expect(
      eventsIn(kicked)
        .map(({ noun, change }) => `${noun} ${change}`)
        .sort(),
    ).toEqual(['host updated', 'instance updated'])
    expect(await cloud.db.operationStep.findMany({ where: { operationId } })).toMatchObject([
      { position: 0, name: 'schedule', status: 'done', output: { host: host.name } },
    ])
    const [attempt] = await cloud.db.scheduleAttempt.findMany({ where: { operationId } })
    expect(attempt).toMatchObject({ attempt: 1, chosenHost: host.name })
    expect(attempt?.verdicts).toMatchObject({
      hosts: 1,
      fits: 1,
      tight: null,
      rows: [{ host: host.name, total: 0 }],
    })
    const detail = await showInstance({ ctx: tenant.ctx, input: { id } })
    expect([detail.hostName, detail.scheduleAttempts[0]?.chosenHost]).toEqual([null, null])
    await expectUsageFits()
  })

  test('the same job again changes nothing', async () => {
    await makeHost(cloud)
    const created = await (await makeWorkerTenant(cloud)).create()
    const state = await scheduler()
    await schedule(state, requests(created))
    const kicked = cloud.kicked.length
    expect(await schedule(state, requests(created))).toEqual([null])
    expect(cloud.kicked).toHaveLength(kicked)
    await expectUsageFits()
  })

  test('a batch is spread over the hosts and ends at what fits', async () => {
    await Promise.all([makeHost(cloud, narrow), makeHost(cloud, narrow)])
    const created = await (await makeWorkerTenant(cloud)).create({ count: 6 })
    expect(await schedule(await scheduler(), requests(created))).toEqual(Array(6).fill(null))
    const states = await cloud.db.instance.groupBy({ by: ['vmState', 'hostId'], _count: true })
    expect(states.map(({ vmState, _count }) => `${vmState} ${_count}`).sort()).toEqual([
      'building 2',
      'building 2',
      'error 2',
    ])
    await expectUsageFits()
  })

  test('no valid host: ERROR with a fault that says what was short, operation failed with the table', async () => {
    const host = await makeHost(cloud, { ramMib: 64, reservedRamMib: 0 })
    const tenant = await makeWorkerTenant(cloud)
    const created = await tenant.create()
    const { id, operationId } = created[0]!
    expect(await schedule(await scheduler(), requests(created))).toEqual([null])
    const message = 'No valid host was found. Not enough RAM (1 of 1 host).'
    expect(await cloud.db.instance.findUniqueOrThrow({ where: { id } })).toMatchObject({
      vmState: 'error',
      taskState: null,
      hostId: null,
      faultCode: 500,
      faultMessage: message,
    })
    const operation = await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })
    expect(operation).toMatchObject({ status: 'failed', errorCode: 'no_valid_host', errorMessage: message })
    expect(operation.errorDetail).toMatchObject({
      placement: {
        tight: 'ram',
        rows: [{ host: host.name, failed: [{ reason: '64 MiB free, 128 MiB needed' }] }],
      },
    })
    expect(await cloud.db.operationStep.findMany({ where: { operationId } })).toMatchObject([
      { name: 'schedule', status: 'failed', errorMessage: message },
    ])
  })

  test('a host that joined after the scheduler looked is found before it says no', async () => {
    const created = await (await makeWorkerTenant(cloud)).create()
    const state = await scheduler()
    await makeHost(cloud)
    await schedule(state, requests(created))
    expect(await cloud.db.instance.findUniqueOrThrow({ where: { id: created[0]!.id } })).toMatchObject({
      taskState: 'networking',
    })
  })

  test('what was deleted or cancelled meanwhile is not placed, and its operation ends', async () => {
    await makeHost(cloud)
    const tenant = await makeWorkerTenant(cloud)
    const created = await tenant.create({ count: 3 })
    const [deleted, cancelled, kept] = created
    await deleteInstance({ ctx: tenant.ctx, input: { id: deleted!.id } })
    await cloud.db.operation.update({
      where: { id: cancelled!.operationId },
      data: { cancelRequested: true },
    })
    await schedule(await scheduler(), requests(created))
    const operations = await cloud.db.operation.findMany({
      where: { id: { in: created.map(({ operationId }) => operationId) } },
      orderBy: { id: 'asc' },
    })
    expect(operations.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'queued'])
    const records = await cloud.db.instance.findMany({ orderBy: { launchIndex: 'asc' } })
    expect(records.map(({ vmState, taskState }) => [vmState, taskState])).toEqual([
      ['building', 'deleting'],
      ['error', null],
      ['building', 'networking'],
    ])
    expect(await cloud.db.allocation.findMany()).toMatchObject([{ instanceId: kept!.id }])
  })
})

test('two schedulers and 50 requests at once never give a host more than it has', async () => {
  await Promise.all(Array.from({ length: 10 }, () => makeHost(cloud, { ramMib: 512, reservedRamMib: 0 })))
  const tenant = await makeWorkerTenant(cloud)
  const created = await tenant.create({ count: 50 })
  const schedulers = await Promise.all([scheduler('one'), scheduler('two')])
  const intakes = schedulers.map((state) => batched<ScheduleRequest>(8, (batch) => schedule(state, batch)))
  // Every request reaches both, as a job that is delivered twice.
  const answers = await Promise.allSettled(
    requests(created).flatMap((request) => intakes.map((enqueue) => enqueue(request))),
  )
  const again = answers.filter(({ status }) => status === 'rejected').length
  if (again > 0) for (const request of requests(created)) await intakes[0]!(request)
  const states = await cloud.db.instance.groupBy({ by: ['vmState', 'taskState'], _count: true })
  expect(states.map((row) => ({ ...row })).sort((a, b) => b._count - a._count)).toEqual([
    { vmState: 'building', taskState: 'networking', _count: 40 },
    { vmState: 'error', taskState: null, _count: 10 },
  ])
  expect(await cloud.db.allocation.count()).toBe(40)
  expect(await cloud.db.scheduleAttempt.count({ where: { chosenHost: { not: null } } })).toBe(40)
  expect(cloud.kicked.filter(({ subject }) => subject.endsWith('instance.create'))).toHaveLength(40)
  await expectUsageFits()
})
