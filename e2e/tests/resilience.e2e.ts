import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@nephos/testbed'
import { expect } from '@playwright/test'
import {
  adminApi,
  emptyProject,
  makeNetwork,
  makeTenant,
  removeInstances,
  settled,
  type Tenant,
  theCloud,
  tinyImage,
} from '../support/cloud.ts'
import { leftOnHost, machinesOf, type Traces } from '../support/host.ts'
import { test } from '../support/test.ts'

/** What stays after a process was killed at a bad moment: nothing but instances that are ACTIVE or say what is wrong. */
const cloud = theCloud()
const host = cloud.info().hostName
let tenant: Tenant
let imageId: string
let networkId: string

test.beforeAll(async () => {
  tenant = await makeTenant('resilience')
  imageId = await tinyImage(tenant.api)
  networkId = await makeNetwork(tenant.api, 'resilience', '10.77.0.0/24')
})

test.afterAll(() => emptyProject(tenant))

async function create(name: string, count = 1): Promise<string[]> {
  const { instances } = await tenant.api.compute.instances.create.mutate({
    name,
    flavorId: '42',
    imageId,
    networkIds: [networkId],
    count,
  })
  return instances.map(({ id }) => id)
}

async function tracesOf(ids: readonly string[]): Promise<Traces[]> {
  const { items } = await tenant.api.network.ports.list.query({ networkId })
  return ids.map((id) => {
    const ports = items.filter(({ instanceId }) => instanceId === id)
    return {
      id,
      portIds: ports.map((port) => port.id),
      macs: ports.map(({ macAddress }) => macAddress),
      ips: ports.flatMap(({ fixedIps }) => fixedIps.map(({ ipAddress }) => ipAddress)),
    }
  })
}

/** Nothing of them is in the books of the cloud, nor on its host. */
async function nothingLeft(traces: readonly Traces[]) {
  const quotas = await tenant.api.identity.quotas.show.query({})
  const used = Object.fromEntries(quotas.map(({ resource, used }) => [resource, used]))
  expect(used).toMatchObject({ instances: 0, cores: 0, ram: 0, ports: 0 })
  const { items: ports } = await tenant.api.network.ports.list.query({ networkId })
  // The network's own DHCP port stays as long as the network does.
  expect(ports.filter(({ deviceOwner }) => deviceOwner !== 'network:dhcp')).toEqual([])
  const network = await tenant.api.network.networks.show.query({ id: networkId })
  expect(network.subnets[0]?.used).toBe(1)
  const hosts = await (await adminApi()).compute.hosts.list.query({})
  for (const row of hosts.items)
    expect(row).toMatchObject({ usedVcpus: 0, usedRamMib: 0, usedDiskGib: 0, instanceCount: 0 })
  await until('nothing is left on the host', async () => {
    const left = traces.flatMap((trace) => leftOnHost(cloud, trace))
    if (left.length > 0) throw new Error(left.join('\n'))
    return true
  })
}

/** A moment after the request was accepted: the work is under way, wherever it is by now. */
const underWay = () => sleep(150)
/** The machine is there, but nobody has written down yet that it is. */
const machineMade = (ids: readonly string[]) =>
  until('a machine is made', async () => ids.some((id) => machinesOf(id).length > 0), { everyMs: 5 })

for (const [what, victim, moment] of [
  ['the compute worker', `compute-${host}`, cloud.info().simulated ? underWay : machineMade],
  ['the network worker', `network-${host}`, underWay],
  ['the scheduler', 'control', underWay],
  ['the API', 'api', underWay],
  ['nats-server', 'nats', underWay],
] as const)
  test(`instances survive kill -9 of ${what} in the middle of a create`, async () => {
    const ids = await create('killed', 2)
    const traces = await tracesOf(ids)
    await moment(ids)
    const pid = cloud.kill(victim)
    await cloud.restarted(victim, pid)
    for (const row of await settled(tenant.api, ids))
      if (row.status === 'ERROR') expect(row.faultMessage).toBeTruthy()
      else expect(machinesOf(row.id)).toHaveLength(cloud.info().simulated ? 0 : 1)
    await removeInstances(tenant.api, ids)
    await nothingLeft(traces)
  })

test('a create is accepted while nats-server is down, and carried out when it is back', async () => {
  const pid = cloud.kill('nats')
  const ids = await create('queued')
  expect(ids).toHaveLength(1)
  await cloud.restarted('nats', pid)
  const [row] = await settled(tenant.api, ids)
  expect(row?.status).toBe('ACTIVE')
  const traces = await tracesOf(ids)
  await removeInstances(tenant.api, ids)
  await nothingLeft(traces)
})

test('an instance that is deleted while its worker is dead is gone when the worker is back', async () => {
  const ids = await create('orphan')
  await settled(tenant.api, ids)
  const traces = await tracesOf(ids)
  const pid = cloud.kill(`compute-${host}`)
  await tenant.api.compute.instances.delete.mutate({ id: ids[0]! })
  await cloud.restarted(`compute-${host}`, pid)
  await until(
    'it is gone',
    async () => (await tenant.api.compute.instances.list.query({})).items.length === 0,
  )
  await nothingLeft(traces)
})

test('a guest keeps running while its worker is dead, and is adopted again', async () => {
  test.skip(cloud.info().simulated, 'needs real machines')
  const ids = await create('adopted')
  const [id] = ids
  const [row] = await settled(tenant.api, ids)
  expect(row?.status).toBe('ACTIVE')
  const traces = await tracesOf(ids)
  const [machine, ...others] = machinesOf(id!)
  expect(others).toEqual([])
  const pid = cloud.kill(`compute-${host}`)
  const begun = cpuTicks(machine!)
  await sleep(500)
  expect(cpuTicks(machine!), 'the guest goes on computing').toBeGreaterThan(begun)
  await cloud.restarted(`compute-${host}`, pid)
  await until(
    'the guest says that it is ready',
    async () => (await tenant.api.compute.instances.show.query({ id: id! })).guestReadyAt,
  )
  expect(machinesOf(id!), 'the same process as before').toEqual([machine])
  await tenant.api.compute.instances.stop.mutate({ id: id! })
  await settled(tenant.api, ids, ['SHUTOFF'])
  expect(machinesOf(id!)).toEqual([])
  await removeInstances(tenant.api, ids)
  await nothingLeft(traces)
})

/** Processor time that a process has used: grows while it runs. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return Number(fields[11]) + Number(fields[12])
}
