import { randomUUID as newId } from 'node:crypto'
import type { Ask } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { createTestCloud, makeHost, makeNetwork, makeTenant, type TestCloud } from '@nephos/core/testing'
import { RetryLater } from '@nephos/jobs'
import { testSaga } from '@nephos/jobs/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { networkDelete } from './network-delete.ts'

let cloud: TestCloud
const asked: string[] = []
let down = new Set<string>()

/** A worker that removes the network from its host. */
const ask: Ask = async (host, _name, input) => {
  if (down.has(host))
    throw new NephosError('unavailable', `The network worker of host ${host} is not running.`)
  asked.push(host)
  const { networkId } = input as { networkId: string }
  await cloud.db.networkHost.deleteMany({ where: { networkId, hostName: host } })
  return {} as never
}

beforeAll(async () => {
  cloud = await createTestCloud({ services: { ask } })
})
afterAll(() => cloud?.close())
beforeEach(() => {
  asked.length = 0
  down = new Set()
})

async function setup() {
  const { project } = await makeTenant(cloud)
  const network = await makeNetwork(cloud, { projectId: project.id, deleting: true })
  const hosts = [await makeHost(cloud), await makeHost(cloud)]
  await cloud.db.networkHost.createMany({
    data: [...hosts.map(({ name }) => name), 'long-gone'].map((hostName) => ({
      networkId: network.id,
      hostName,
    })),
  })
  await cloud.db.quotaUsage.createMany({
    data: ['networks', 'subnets'].map((resource) => ({
      scope: 'project' as const,
      scopeId: project.id,
      resource,
      used: 1,
    })),
  })
  await cloud.db.port.create({
    data: {
      id: newId(),
      networkId: network.id,
      projectId: project.id,
      macAddress: 'fa:16:3e:00:00:01',
      deviceOwner: 'network:dhcp',
      allocations: {
        create: { subnetId: network.subnets[0]!.id, ipAddress: '10.0.0.2', networkId: network.id },
      },
    },
  })
  const operationId = newId()
  await cloud.db.operation.create({
    data: {
      id: operationId,
      kind: 'network-delete',
      projectId: project.id,
      requestId: `req-${operationId}`,
      resourceType: 'network',
      resourceId: network.id,
      input: {},
    },
  })
  return { db: cloud.db, operationId, network, project, hosts }
}
type Fixture = Awaited<ReturnType<typeof setup>>

const stateOf = ({ network }: Fixture) => cloud.db.network.findUnique({ where: { id: network.id } })

describe('with real rows', () => {
  testSaga(
    {
      ...networkDelete({ db: undefined } as never),
      load: () => Promise.reject(new Error('each case binds the saga to its cloud')),
    },
    {
      setup,
      sagaFor: () => networkDelete(cloud.services),
      assertClean: async (fixture) => {
        // What cannot be removed is as usable as before.
        expect(await stateOf(fixture)).toMatchObject({ deleting: false })
        expect(await cloud.db.subnet.count({ where: { networkId: fixture.network.id } })).toBe(1)
        expect(await cloud.db.port.count({ where: { networkId: fixture.network.id } })).toBe(1)
      },
      assertDone: async (fixture) => {
        expect(await stateOf(fixture)).toBeNull()
        const left = { networkId: fixture.network.id }
        expect(await cloud.db.port.count({ where: left })).toBe(0)
        expect(await cloud.db.addressAllocation.count({ where: left })).toBe(0)
        expect(await cloud.db.networkHost.count({ where: left })).toBe(0)
        const quota = await cloud.db.quotaUsage.findMany({ where: { scopeId: fixture.project.id } })
        expect(quota.map(({ used }) => Number(used))).toEqual([0, 0])
        expect([...new Set(asked)]).toEqual(expect.arrayContaining(fixture.hosts.map(({ name }) => name)))
        expect(asked).not.toContain('long-gone')
      },
    },
  )
})

const step = (name: string) => networkDelete(cloud.services).steps.find((one) => one.name === name)!
const context = (networkId: string) => ({
  state: { networkId, requestId: 'req-test' },
  outputs: {},
  signal: new AbortController().signal,
  progress: () => {},
})

test('a host that is down is waited for, and nothing is lost', async () => {
  const fixture = await setup()
  down.add(fixture.hosts[1]!.name)
  await expect(step('remove-from-hosts').run(context(fixture.network.id))).rejects.toBeInstanceOf(RetryLater)
  expect(await stateOf(fixture)).toMatchObject({ deleting: true })
  down.clear()
  expect(await step('remove-from-hosts').run(context(fixture.network.id))).toEqual({
    hosts: [fixture.hosts[1]!.name],
  })
})

test('a port that came at the last moment keeps the network', async () => {
  const fixture = await setup()
  await cloud.db.port.create({
    data: {
      id: newId(),
      networkId: fixture.network.id,
      projectId: fixture.project.id,
      macAddress: 'fa:16:3e:00:00:09',
    },
  })
  await expect(step('check-ports').run(context(fixture.network.id))).rejects.toMatchObject({
    code: 'conflict',
  })
  await expect(
    networkDelete(cloud.services).succeed!({ networkId: fixture.network.id, requestId: 'req-test' }, {}),
  ).rejects.toMatchObject({ code: 'conflict' })
  expect(asked).toEqual([])
})

test('a network that is kept is not removed by an old job', async () => {
  const fixture = await setup()
  await cloud.db.network.update({ where: { id: fixture.network.id }, data: { deleting: false } })
  const { load } = networkDelete(cloud.services)
  const operation = { resourceId: fixture.network.id, requestId: 'req-test' } as Parameters<typeof load>[0]
  expect(await load(operation)).toBeNull()
})
