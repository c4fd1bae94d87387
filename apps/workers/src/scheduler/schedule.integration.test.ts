import { deleteInstance, type ScheduleRequest, showInstance } from '@nephos/core'
import { createTestCloud, eventsIn, makeHost, type TestCloud } from '@nephos/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectUsageFits } from '../testing/host-usage.ts'
import { makeWorkerTenant } from '../testing/tenant.ts'
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
    await expectUsageFits(cloud.db)
  })

  test('the same job again changes nothing', async () => {
    await makeHost(cloud)
    const created = await (await makeWorkerTenant(cloud)).create()
    const state = await scheduler()
    await schedule(state, requests(created))
    const kicked = cloud.kicked.length
    expect(await schedule(state, requests(created))).toEqual([null])
    expect(cloud.kicked).toHaveLength(kicked)
    await expectUsageFits(cloud.db)
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
    await expectUsageFits(cloud.db)
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
