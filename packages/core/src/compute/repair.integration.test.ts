import { newId } from '@nephos/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { confirmedDrift, correctQuota, findQuotaDrift, systemCtx } from '../kernel/index.ts'
import {
  createTestCloud,
  eventsIn,
  makeHost,
  makeInstance,
  makeProject,
  type TestCloud,
} from '../testing/index.ts'
import { announceDownHosts } from './hosts/index.ts'
import { recoverStuckInstances } from './instances/index.ts'
import { recountHosts, releaseStrayAllocations } from './placement/index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())
const ctx = () => systemCtx(cloud.services, 'reconciler')

async function placed(hostId: string | null, fields: Record<string, unknown> = {}) {
  const project = await makeProject(cloud)
  return makeInstance(cloud, { projectId: project.id, hostId, ...fields } as never)
}
const allocate = (instanceId: string, hostId: string) =>
  cloud.db.allocation.create({
    data: { consumerId: instanceId, instanceId, hostId, vcpus: 2, ramMib: 512, diskGib: 3 },
  })
const usageOf = async (id: string) => {
  const host = await cloud.db.host.findUniqueOrThrow({ where: { id } })
  return [host.usedVcpus, host.usedRamMib, host.usedDiskGib, host.instanceCount]
}

test('the usage of a host becomes the sum of its allocations again', async () => {
  const [right, wrong] = await Promise.all([makeHost(cloud), makeHost(cloud, { usedVcpus: 7 })])
  const instance = await placed(wrong.id)
  await allocate(instance.id, wrong.id)
  expect(await recountHosts(ctx())).toEqual([wrong.name])
  expect(await usageOf(wrong.id)).toEqual([2, 512, 3, 1])
  expect(await usageOf(right.id)).toEqual([0, 0, 0, 0])
  expect(await cloud.db.host.findUniqueOrThrow({ where: { id: wrong.id } })).toMatchObject({
    generation: wrong.generation + 1,
  })
  expect(await recountHosts(ctx())).toEqual([])
})

test('what is held for an instance that is on no host is given back, once it is idle', async () => {
  const host = await makeHost(cloud, { usedVcpus: 4, usedRamMib: 1024, usedDiskGib: 6, instanceCount: 2 })
  const stray = await placed(null, { vmState: 'error' })
  const busy = await placed(null, { vmState: 'building', taskState: 'scheduling' })
  await allocate(stray.id, host.id)
  await allocate(busy.id, host.id)
  expect(await releaseStrayAllocations(ctx())).toEqual([stray.id])
  expect(await usageOf(host.id)).toEqual([2, 512, 3, 1])
  expect(await releaseStrayAllocations(ctx())).toEqual([])
})

test('a task that outlived its operation ends; one whose operation is open goes on', async () => {
  const old = new Date(Date.now() - 600_000)
  const stuck = await placed(null, { vmState: 'active', taskState: 'powering-off', updatedAt: old })
  const building = await placed(null, { vmState: 'building', taskState: 'spawning', updatedAt: old })
  const deleting = await placed(null, { vmState: 'active', taskState: 'deleting', updatedAt: old })
  const fresh = await placed(null, { vmState: 'active', taskState: 'rebooting' })
  const working = await placed(null, { vmState: 'active', taskState: 'rebooting', updatedAt: old })
  await cloud.db.operation.create({
    data: {
      id: newId(),
      kind: 'instance-reboot',
      requestId: 'req-1',
      resourceType: 'instance',
      resourceId: working.id,
      status: 'running',
      input: {},
    },
  })
  const freed = await recoverStuckInstances(ctx())
  expect([...freed].sort()).toEqual([stuck.id, building.id, deleting.id].sort())
  const stateOf = async ({ id }: { id: string }) => {
    const record = await cloud.db.instance.findUniqueOrThrow({ where: { id } })
    return [record.vmState, record.taskState, record.faultMessage]
  }
  expect(await stateOf(stuck)).toEqual(['active', null, null])
  expect(await stateOf(building)).toEqual(['error', null, expect.stringContaining('spawning')])
  expect(await stateOf(deleting)).toEqual(['error', null, expect.stringContaining('deleting')])
  expect(await stateOf(fresh)).toEqual(['active', 'rebooting', null])
  expect(await stateOf(working)).toEqual(['active', 'rebooting', null])
})

test('quota counters are corrected when the same drift is seen twice, and only then', async () => {
  const { db } = cloud
  const instance = await placed(null)
  const counter = { scope: 'project', scopeId: instance.projectId, resource: 'instances' } as const
  await db.quotaUsage.create({ data: { ...counter, used: 5 } })
  const mine = (drifts: Awaited<ReturnType<typeof findQuotaDrift>>) =>
    drifts.filter(({ scopeId }) => scopeId === instance.projectId)
  const first = mine(await findQuotaDrift(db))
  expect(first.find(({ resource }) => resource === 'instances')).toMatchObject({ used: 5, actual: 1 })
  expect(confirmedDrift([], first)).toEqual([])

  await db.quotaUsage.updateMany({ where: counter, data: { used: 4 } })
  const second = mine(await findQuotaDrift(db))
  expect(confirmedDrift(first, second).some(({ resource }) => resource === 'instances')).toBe(false)

  await correctQuota(db, confirmedDrift(second, mine(await findQuotaDrift(db))))
  expect(mine(await findQuotaDrift(db))).toEqual([])
  const rows = await db.quotaUsage.findMany({ where: { scopeId: instance.projectId } })
  expect(Object.fromEntries(rows.map(({ resource, used }) => [resource, used]))).toMatchObject({
    instances: 1,
    cores: instance.vcpus,
    ram: instance.ramMib,
  })
})

test('a host whose worker fell silent is announced once', async () => {
  const host = await makeHost(cloud)
  const silent = new Date(Date.now() - cloud.config.serviceDownTime * 1000 - 1_000)
  await cloud.db.service.updateMany({
    where: { hostName: host.name, role: 'compute' },
    data: { lastSeenAt: silent },
  })
  const now = new Date()
  const before = cloud.kicked.length
  expect(await announceDownHosts(ctx(), new Date(now.getTime() - 5_000), now)).toEqual([host.name])
  expect(eventsIn(cloud.kicked.slice(before))).toMatchObject([
    { noun: 'host', id: host.id, audience: { kind: 'admin' }, data: { up: false } },
  ])
  expect(await announceDownHosts(ctx(), now, new Date(now.getTime() + 5_000))).toEqual([])
})
