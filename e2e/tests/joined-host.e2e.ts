import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Api, signIn, until } from '@nephos/testbed'
import { settled, theCloud } from '../support/cloud.ts'
import { type Machine, makeMachines, namespaces, pidThere } from '../support/machines.ts'
import { expect, test } from '../support/test.ts'

/** A second machine becomes a host of a cloud, works, and leaves: by the commands that people use. */
let cloud: Machine
let rack: Machine
let api: Api
let token: string
const apiPort = 8774

test.describe.configure({ mode: 'serial', timeout: 300_000 })
test.skip(() => process.getuid?.() !== 0 || theCloud().info().simulated, 'needs root and real networks')

test.beforeAll(async () => {
  test.setTimeout(300_000)
  ;[cloud, rack] = makeMachines([
    {
      NEPHOS_WEB_PORT: '0',
      NEPHOS_API_PORT: String(apiPort),
      NEPHOS_SERVERS_BIND: '10.98.76.1',
      NEPHOS_BIND: '10.98.76.1',
      NEPHOS_UNDERLAY_IP: '10.98.76.1',
      NEPHOS_TRUSTED_NETWORK: 'yes',
      NEPHOS_SERVICE_DOWN_TIME: '15',
    },
    {},
  ])
  await cloud.nephos('up', '--detach')
  const url = `http://127.0.0.1:${await cloud.open(apiPort)}`
  const password = readFileSync(join(cloud.home, 'admin-password'), 'utf8').trim()
  ;({ api } = await signIn(url, { name: 'admin', password, project: 'demo' }))
})

test.afterAll(async () => {
  test.setTimeout(120_000)
  if (existsSync(join(rack?.home ?? '', 'host.json'))) await rack.nephos('host', 'leave', '--force')
  rack?.remove()
  await cloud?.nephos('reset', '--yes').finally(() => cloud.remove())
})

const host = async (name: string) =>
  (await api.compute.hosts.list.query({})).items.find((candidate) => candidate.name === name)
const namespaceOf = (home: string, name: string) =>
  `nph-${createHash('sha256').update(home).digest('hex').slice(0, 8)}-${name}`

async function create(name: string, userData?: string): Promise<string> {
  const [images, networks] = await Promise.all([
    api.image.images.list.query({}),
    api.network.networks.list.query({ external: false }),
  ])
  const { instances } = await api.compute.instances.create.mutate({
    name,
    flavorId: '42',
    imageId: images.items[0]!.id,
    networkIds: [networks.items[0]!.id],
    userData,
  })
  const { id } = instances[0]!
  expect(await settled(api, [id])).toMatchObject([{ status: 'ACTIVE' }])
  return id
}

test('a token lets a machine in, once', async () => {
  token = (await cloud.nephos('host', 'token', '--name', 'rack2')).trim()
  expect(token).toMatch(/^nephos-join-[\w-]+$/)
  await rack.nephos('host', 'join', token)
  const joined = await until('the host is up', async () => {
    const row = await host('rack2')
    return row?.up && row.services.every(({ up }) => up) && row
  })
  expect(joined).toMatchObject({ computeDriver: 'qemu', underlayIp: rack.address })
  await expect(rack.nephos('host', 'join', token)).rejects.toThrow(/rack2 of the cloud at .* already/)
  await expect(cloud.nephos('host', 'token', '--name', 'host1')).rejects.toThrow(/on this machine/)
})

test('guests on both machines reach each other, and images come and go over the network', async () => {
  const first = await create('first')
  const { addresses, hostName } = await api.compute.instances.show.query({ id: first })
  const { ip } = addresses[0]!
  const second = await create(
    'second',
    `#!/bin/sh\nwhile ! ping -c 1 -W 1 ${ip}; do sleep 1; done\nping -c 3 -s 1400 ${ip}\necho "REACHED ${ip}"\n`,
  )
  const { hostName: other } = await api.compute.instances.show.query({ id: second })
  expect([hostName, other].sort()).toEqual(['host1', 'rack2'])
  await expect
    .poll(
      async () =>
        (await api.compute.instances.console.query({ id: second, offset: -8_000, limit: 8_000 })).text,
      { timeout: 120_000, message: 'the second guest says that it reached the first one' },
    )
    .toMatch(new RegExp(`3 packets received[\\s\\S]*REACHED ${ip.replaceAll('.', '\\.')}`))

  const there = hostName === 'rack2' ? first : second
  const { imageId } = await api.compute.instances.createImage.mutate({ id: there, name: 'of-rack2' })
  const image = await until('the image is stored where the cloud is', async () => {
    const row = await api.image.images.show.query({ id: imageId })
    return row.status === 'active' && row
  })
  expect(image.size).toBeGreaterThan(1_000_000)
})

test('a killed worker there comes back, and a restart of the cloud is survived', async () => {
  const { items } = await api.compute.instances.list.query({})
  const { id } = items.find(({ hostName }) => hostName === 'rack2')!
  const killed = pidThere(rack.home, 'compute-rack2')!
  process.kill(killed, 'SIGKILL')
  await until('the supervisor has started it again', async () => {
    const pid = pidThere(rack.home, 'compute-rack2')
    return pid !== undefined && pid !== killed
  })
  await cloud.nephos('down')
  await cloud.nephos('up', '--detach')
  await until('the host is up', async () => (await host('rack2'))?.up)
  await api.compute.instances.stop.mutate({ id })
  await settled(api, [id], ['SHUTOFF'])
  await api.compute.instances.start.mutate({ id })
  await settled(api, [id], ['ACTIVE'])
})

test('a host that is forgotten is cut off at once', async () => {
  await cloud.nephos('host', 'forget', 'rack2')
  await until('it counts as down', async () => (await host('rack2'))?.up === false)
  await expect(cloud.nephos('host', 'forget', 'rack2')).rejects.toThrow(/No host rack2/)
})

test('a machine that leaves keeps nothing', async () => {
  const netns = namespaceOf(rack.home, 'rack2')
  expect(namespaces()).toContain(netns)
  await expect(rack.nephos('host', 'leave')).rejects.toThrow(/instance.* on this host/)
  await rack.nephos('host', 'leave', '--force')
  expect(namespaces()).not.toContain(netns)
  for (const left of ['host.json', 'hosts', 'run']) expect(existsSync(join(rack.home, left))).toBe(false)
  await expect(rack.nephos('host', 'leave')).rejects.toThrow(/no host of another cloud/)
})
