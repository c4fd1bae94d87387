import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, signIn, startCloud, type TestCloud, until } from '@nephos/testbed'
import { expect, test } from '@playwright/test'

/** What stays after a process was killed at a bad moment. Each test has the cloud to itself. */
let cloud: TestCloud
let api: Api
let imageId: string
let networkId: string

test.beforeAll(async () => {
  cloud = await startCloud()
  ;({ api } = await signIn(cloud.apiUrl, { name: 'admin', password: cloud.adminPassword, project: 'demo' }))
  const images = await api.image.images.list.query({})
  imageId = images.items.find((image) => image.name === 'nephos-tiny')!.id
  const network = await api.network.networks.create.mutate({
    name: 'resilience',
    subnet: { cidr: '10.77.0.0/24' },
  })
  networkId = network.id
})

test.afterAll(async () => {
  await cloud?.destroy()
})

const compute = () => `compute-${cloud.info().hostName}`

async function create(name: string, count = 1): Promise<string[]> {
  const { instances } = await api.compute.instances.create.mutate({
    name,
    flavorId: '42',
    imageId,
    networkIds: [networkId],
    count,
  })
  return instances.map((instance) => instance.id)
}

/** Every instance ends ACTIVE, or ERROR with a reason; nothing hangs in between. */
async function settled(ids: string[]) {
  return until(
    'instances settle',
    async () => {
      const rows = await Promise.all(ids.map((id) => api.compute.instances.show.query({ id })))
      return rows.every((row) => !row.taskState && ['ACTIVE', 'ERROR'].includes(row.status)) && rows
    },
    { timeoutMs: 120_000 },
  )
}

async function removeAll(ids: string[]) {
  for (const id of ids) await api.compute.instances.delete.mutate({ id })
  await until(
    'instances are gone',
    async () => (await api.compute.instances.list.query({})).items.every((row) => !ids.includes(row.id)),
    { timeoutMs: 120_000 },
  )
}

async function nothingLeft() {
  const used = Object.fromEntries(
    (await api.identity.quotas.show.query({})).map(({ resource, used }) => [resource, used]),
  )
  expect(used).toMatchObject({ instances: 0, cores: 0, ram: 0 })
  const ports = await api.network.ports.list.query({ networkId })
  expect(ports.items.filter((port) => port.instanceId)).toEqual([])
  const hosts = await api.compute.hosts.list.query({})
  for (const host of hosts.items)
    expect(host).toMatchObject({ usedVcpus: 0, usedRamMib: 0, usedDiskGib: 0, instanceCount: 0 })
  const directory = join(cloud.home, 'hosts', cloud.info().hostName, 'instances')
  expect(existsSync(directory) ? readdirSync(directory) : []).toEqual([])
}

for (const [what, victim] of [
  ['the compute worker', compute],
  ['the scheduler', () => 'control'],
  ['the API', () => 'api'],
  ['nats-server', () => 'nats'],
  ['the network worker', () => `network-${cloud.info().hostName}`],
] as const)
  test(`instances survive kill -9 of ${what} in the middle of a create`, async () => {
    const ids = await create('killed', 3)
    // Not at once: the work should be under way, wherever it is by now.
    await new Promise((resolve) => setTimeout(resolve, 150))
    const pid = cloud.kill(victim())
    await cloud.restarted(victim(), pid)
    const rows = await settled(ids)
    for (const row of rows) if (row.status === 'ERROR') expect(row.faultMessage).toBeTruthy()
    await removeAll(ids)
    await nothingLeft()
  })

test('a create is accepted while nats-server is down and carried out when it is back', async () => {
  const pid = cloud.kill('nats')
  const ids = await create('queued')
  expect(ids).toHaveLength(1)
  await cloud.restarted('nats', pid)
  const [row] = await settled(ids)
  expect(row?.status).toBe('ACTIVE')
  await removeAll(ids)
  await nothingLeft()
})

test('a guest keeps running while its worker is dead, and is adopted again', async () => {
  test.skip(cloud.info().simulated, 'needs real machines')
  const [id] = await create('adopted')
  const [row] = await settled([id!])
  expect(row?.status).toBe('ACTIVE')
  const pidFile = join(cloud.home, 'hosts', cloud.info().hostName, 'instances', id!)
  expect(existsSync(pidFile)).toBe(true)
  const before = await guestPid(id!)
  const pid = cloud.kill(compute())
  expect(() => process.kill(before, 0)).not.toThrow()
  await cloud.restarted(compute(), pid)
  await api.compute.instances.stop.mutate({ id: id! })
  await until(
    'the adopted guest stops',
    async () => {
      const { status, taskState } = await api.compute.instances.show.query({ id: id! })
      return status === 'SHUTOFF' && !taskState
    },
    { timeoutMs: 120_000 },
  )
  expect(() => process.kill(before, 0)).toThrow()
  await removeAll([id!])
  await nothingLeft()
})

/** Pid of the QEMU process of an instance, found by its uuid on the command line. */
async function guestPid(instanceId: string): Promise<number> {
  const { readFileSync } = await import('node:fs')
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const line = readFileSync(`/proc/${entry}/cmdline`, 'utf8')
      if (line.startsWith('qemu') && line.includes(instanceId)) return Number(entry)
    } catch {}
  throw new Error(`no QEMU process of ${instanceId}`)
}
