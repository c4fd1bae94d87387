import { createConnection } from 'node:net'
import { type Api, signIn, type TestCloud, until } from '@nephos/testbed'
import { removeInstances, settled, tinyImage } from '../support/cloud.ts'
import { theLab } from '../support/lab.ts'
import { expect, test } from '../support/test.ts'

/** A real guest of a lab is reached from this machine by its floating IP, through the router on whichever host. */
let lab: TestCloud
let api: Api
let instanceId: string

test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async () => {
  test.setTimeout(300_000)
  lab = await theLab()
  ;({ api } = await signIn(lab.apiUrl, { name: 'admin', password: lab.adminPassword, project: 'demo' }))
})
test.afterAll(async () => {
  if (instanceId) await removeInstances(api, [instanceId])
})

/** What a server says first; null when nobody answers. */
const greeting = (address: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: address, port, timeout: 1_500 })
    const end = (text: string | null) => {
      socket.destroy()
      resolve(text)
    }
    socket.once('data', (data) => end(data.toString()))
    socket.once('timeout', () => end(null)).once('error', () => end(null))
  })

test('its SSH answers while it leads there, also after the guest has moved', async () => {
  test.skip(lab.info().drivers?.network.driver !== 'linux', 'this machine only simulates networks')
  const { items } = await api.network.networks.list.query({ allProjects: true })
  const outside = items.find(({ external }) => external)!
  expect(outside.subnets[0]!.cidr).toMatch(/^172\.24\./)
  const network = await api.network.networks.create.mutate({
    name: 'reached',
    portSecurity: false,
    subnet: { cidr: '10.71.0.0/24' },
  })
  const { instances } = await api.compute.instances.create.mutate({
    name: 'reached',
    flavorId: '42',
    imageId: await tinyImage(api),
    networkIds: [network.id],
  })
  instanceId = instances[0]!.id
  const router = await api.network.routers.create.mutate({
    name: 'reached',
    gateway: { networkId: outside.id },
    subnetIds: [network.subnets[0]!.id],
  })
  const ports = await api.network.ports.list.query({ instanceId })
  const floating = await api.network.floatingIps.create.mutate({
    networkId: outside.id,
    portId: ports.items[0]!.id,
  })
  await settled(api, [instanceId], ['ACTIVE'])
  const answers = () =>
    until('SSH answers', async () => (await greeting(floating.address, 22))?.startsWith('SSH-2.0'), {
      timeoutMs: 120_000,
    })
  await answers()
  expect(await api.network.routers.show.query({ id: router.id })).toMatchObject({ status: 'ACTIVE' })
  expect(await api.network.floatingIps.show.query({ id: floating.id })).toMatchObject({ status: 'ACTIVE' })

  const { hostName } = await api.compute.instances.show.query({ id: instanceId })
  await api.compute.instances.liveMigrate.mutate({ id: instanceId })
  await until(
    'it has moved',
    async () => {
      const row = await api.compute.instances.show.query({ id: instanceId })
      return !row.taskState && row.hostName !== hostName
    },
    { timeoutMs: 120_000 },
  )
  await answers()

  await api.network.floatingIps.update.mutate({ id: floating.id, portId: null })
  await until('it leads nowhere', async () => (await greeting(floating.address, 22)) === null)
  await api.network.floatingIps.delete.mutate({ id: floating.id })
  await api.network.routers.removeInterface.mutate({ id: router.id, subnetId: network.subnets[0]!.id })
  await api.network.routers.delete.mutate({ id: router.id })
  await removeInstances(api, [instanceId])
  instanceId = ''
  await api.network.networks.delete.mutate({ id: network.id })
})
