import { buildElsewhere, type Ctx, type FailedBuild, forgiveFailedBuilds, systemCtx } from '@nephos/core'
import { createTestCloud, makeHost, type TestCloud } from '@nephos/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWorkerTenant } from '../testing/tenant.ts'
import { openScheduler } from './open.ts'
import { schedule } from './schedule.ts'

let cloud: TestCloud
let ctx: Ctx
beforeEach(async () => {
  cloud = await createTestCloud()
  ctx = systemCtx(cloud.services, 'compute')
})
afterEach(() => cloud.close())

/** An instance that is being built on the host that a scheduler chose. */
async function building(hosts: number) {
  for (let count = 0; count < hosts; count++) await makeHost(cloud)
  const [created] = await (await makeWorkerTenant(cloud)).create()
  const request = { instanceId: created!.id, operationId: created!.operationId }
  const place = async () => {
    expect(await schedule(await openScheduler(cloud.services, 'test'), [request])).toEqual([null])
    return (await state()).host?.name
  }
  const state = () =>
    cloud.db.instance.findUniqueOrThrow({
      where: { id: request.instanceId },
      include: { host: true, allocations: true },
    })
  const operation = () => cloud.db.operation.findUniqueOrThrow({ where: { id: request.operationId } })
  /** The host's worker gives up, as a saga does after undoing. */
  const fail = async (change: Partial<FailedBuild> = {}) => {
    const { host } = await state()
    const { leaseToken } = await operation()
    const failure = { code: 'driver_failed', message: 'QEMU did not start.' }
    return buildElsewhere(ctx, { ...request, hostName: host?.name ?? '', leaseToken, failure, ...change })
  }
  return { request, place, state, operation, fail }
}

test('a failed build gives its place back, is placed elsewhere, and every attempt says what became of it', async () => {
  const { place, state, operation, fail, request } = await building(3)
  const tried = [await place()]
  for (let attempt = 2; attempt <= 3; attempt++) {
    expect(await fail()).toBe(true)
    expect(await state()).toMatchObject({
      vmState: 'building',
      taskState: 'scheduling',
      hostId: null,
      allocations: [],
    })
    expect(await operation()).toMatchObject({ status: 'queued', leaseOwner: null })
    tried.push(await place())
  }
  expect(new Set(tried).size).toBe(3)
  // The third was the last.
  expect(await fail()).toBe(false)
  const attempts = await cloud.db.scheduleAttempt.findMany({
    where: { operationId: request.operationId },
    orderBy: { attempt: 'asc' },
  })
  expect(attempts.map(({ attempt, chosenHost, failure }) => [attempt, chosenHost, failure])).toEqual(
    tried.map((host, index) => [index + 1, host, 'QEMU did not start.']),
  )
  const hosts = await cloud.db.host.findMany()
  expect(hosts.map(({ failedBuilds }) => failedBuilds)).toEqual([1, 1, 1])
  expect(hosts.map(({ instanceCount }) => instanceCount).sort()).toEqual([0, 0, 1])
})

test('without another host the second attempt finds none and says so', async () => {
  const { place, state, operation, fail } = await building(1)
  await place()
  expect(await fail()).toBe(true)
  await place()
  expect(await state()).toMatchObject({ vmState: 'error', hostId: null })
  expect(await operation()).toMatchObject({
    status: 'failed',
    errorCode: 'no_valid_host',
    errorMessage:
      'It could not be built: QEMU did not start. No other valid host was found. Not enough hosts that were not tried yet (1 of 1 host).',
  })
})

test('an old holder, a delete under way and a cancelled operation end it here', async () => {
  const { place, state, operation, fail, request } = await building(2)
  await place()
  const { leaseToken } = await operation()
  expect(await fail({ leaseToken: leaseToken - 1 })).toBe(false)
  expect((await state()).allocations).toHaveLength(1)
  await cloud.db.operation.update({ where: { id: request.operationId }, data: { cancelRequested: true } })
  expect(await fail()).toBe(false)
  expect((await state()).allocations).toHaveLength(1)
})

test('a host on which builds failed comes last, until one succeeds', async () => {
  const [bad, good] = [
    await makeHost(cloud, { name: 'a', failedBuilds: 1 }),
    await makeHost(cloud, { name: 'b', ramMib: 8_192 }),
  ]
  const tenant = await makeWorkerTenant(cloud)
  const placeOne = async () => {
    const [created] = await tenant.create()
    await schedule(await openScheduler(cloud.services, 'test'), [
      { instanceId: created!.id, operationId: created!.operationId },
    ])
    return (await cloud.db.instance.findUniqueOrThrow({ where: { id: created!.id } })).hostId
  }
  expect(await placeOne()).toBe(good.id)
  await forgiveFailedBuilds(ctx, bad.name)
  expect(await placeOne()).toBe(bad.id)
})
