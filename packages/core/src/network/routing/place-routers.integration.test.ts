import { newId, type Prisma } from '@nephos/db'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { systemCtx } from '../../kernel/index.ts'
import {
  createTestCloud,
  makeHost,
  makeNetwork,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '../../testing/index.ts'
import { type MissedHosts, placeRouters } from './index.ts'

let cloud: TestCloud
let told: [string, string[]][] = []
beforeAll(async () => {
  const ask = async (host: string, _: string, { routerIds }: { routerIds: string[] }) => {
    told.push([host, routerIds])
    return {}
  }
  cloud = await createTestCloud({ services: { ask: ask as never } })
})
afterAll(() => cloud?.close())
afterEach(async () => {
  told = []
  await cloud.db.router.deleteMany()
  await cloud.db.service.deleteMany()
  await cloud.db.host.deleteMany()
})

const ctx = () => systemCtx(cloud.services, 'scheduler')
const row = (id: string) => cloud.db.router.findUniqueOrThrow({ where: { id } })

async function makeRouter(fields: Partial<Prisma.RouterUncheckedCreateInput> = {}): Promise<string> {
  const { id } = await cloud.db.router.create({
    data: { id: newId(), projectId: 'p', routes: [], ...fields },
  })
  return id
}

test('routers are spread over hosts that are up, and their ports go with them', async () => {
  const { project } = await makeTenant(cloud)
  const network = await makeNetwork(cloud, { projectId: project.id })
  const [a, b] = [
    await makeHost(cloud, { name: uniqueName('a') }),
    await makeHost(cloud, { name: uniqueName('b') }),
  ]
  await makeHost(cloud, { enabled: false })
  await makeHost(cloud, { maintenance: true })
  await makeHost(cloud, { networkDriver: '' })
  const ids = [await makeRouter(), await makeRouter(), await makeRouter({ adminStateUp: false })]
  const port = await cloud.db.port.create({
    data: {
      id: newId(),
      networkId: network.id,
      projectId: project.id,
      macAddress: 'fa:16:3e:00:00:01',
      deviceOwner: 'network:router_interface',
      deviceId: ids[0]!,
    },
  })
  // Several schedulers hear of them at once.
  const placed = (await Promise.all([placeRouters(ctx()), placeRouters(ctx())])).flat()
  expect(placed.map(({ routerId }) => routerId).sort()).toEqual([...ids].sort())
  const hosts = await Promise.all(ids.map(async (id) => (await row(id)).hostName))
  expect(new Set(hosts)).toEqual(new Set([a.name, b.name]))
  expect(await row(ids[0]!)).toMatchObject({ status: 'ALLOCATING', generation: 1 })
  expect((await cloud.db.port.findUniqueOrThrow({ where: { id: port.id } })).hostName).toBe(hosts[0])
  expect(told.flatMap(([, routerIds]) => routerIds).sort()).toEqual([...ids].sort())
  expect(await placeRouters(ctx())).toEqual([])
})

test('a host with real networks comes first, then one with a door, and a physical network needs one', async () => {
  const { project } = await makeTenant(cloud)
  const outer = await makeNetwork(cloud, { projectId: project.id, external: true })
  const flat = await makeNetwork(cloud, { projectId: project.id, external: true, physicalNetwork: 'campus' })
  const [simulated, real, door] = [
    await makeHost(cloud, { name: uniqueName('a') }),
    await makeHost(cloud, { name: uniqueName('b'), networkDriver: 'linux' }),
    await makeHost(cloud, { name: uniqueName('c'), networkDriver: 'linux' }),
  ]
  await cloud.db.networkHost.createMany({
    data: [
      { networkId: outer.id, hostName: door.name, door: true },
      { networkId: outer.id, hostName: simulated.name, door: true },
      { networkId: flat.id, hostName: real.name, doorReason: 'The interface is gone.' },
    ],
  })
  const inner = await makeRouter()
  const [first, second] = [
    await makeRouter({ externalNetworkId: outer.id }),
    await makeRouter({ externalNetworkId: outer.id }),
  ]
  const lost = await makeRouter({ externalNetworkId: flat.id })
  await placeRouters(ctx())
  expect((await row(inner)).hostName).toBe(real.name)
  for (const id of [first, second]) expect((await row(id)).hostName).toBe(door.name)
  expect(await row(lost)).toMatchObject({
    hostName: null,
    status: 'ERROR',
    statusReason: `No host that is up reaches the physical network campus of ${flat.name}.`,
  })
  await cloud.db.networkHost.updateMany({ where: { networkId: flat.id }, data: { door: true } })
  await placeRouters(ctx())
  expect(await row(lost)).toMatchObject({ hostName: real.name, status: 'ALLOCATING', statusReason: '' })
})

test('a dead host loses its routers, one whose worker restarts or is cared for does not', async () => {
  const [dead, restarting] = [await makeHost(cloud), await makeHost(cloud)]
  const [onDead, onRestarting] = [
    await makeRouter({ hostName: dead.name, status: 'ACTIVE' }),
    await makeRouter({ hostName: restarting.name, status: 'ACTIVE' }),
  ]
  const silence = (hostName: string, lastSeenAt: Date) =>
    cloud.db.service.updateMany({ where: { hostName }, data: { lastSeenAt } })
  const now = new Date()
  const missed: MissedHosts = new Map()
  await silence(dead.name, new Date(now.getTime() - 3_600_000))
  await silence(restarting.name, new Date(0))
  await placeRouters(ctx(), { missed }, now)
  expect(await row(onDead)).toMatchObject({
    hostName: dead.name,
    status: 'ERROR',
    statusReason: `The host ${dead.name} is down. No host is up that can do the work of routers.`,
  })
  expect(await row(onRestarting)).toMatchObject({ hostName: restarting.name, status: 'ACTIVE' })

  const heir = await makeHost(cloud)
  expect(await placeRouters(ctx(), { missed }, now)).toEqual([
    { routerId: onDead, host: heir.name, from: dead.name },
  ])
  // It signed off and did not come back.
  const later = new Date(now.getTime() + (cloud.config.serviceDownTime + 1) * 1000)
  await silence(heir.name, later)
  expect(await placeRouters(ctx(), { missed }, later)).toEqual([
    { routerId: onRestarting, host: heir.name, from: restarting.name },
  ])

  await cloud.db.host.update({ where: { id: heir.id }, data: { maintenance: true } })
  expect(await placeRouters(ctx(), { missed }, later)).toEqual([])
  expect((await row(onDead)).status).toBe('ALLOCATING')
  const other = await makeHost(cloud)
  await silence(other.name, later)
  expect((await placeRouters(ctx(), { missed }, later)).map(({ host }) => host)).toEqual([
    other.name,
    other.name,
  ])

  // Its row is gone with `host forget`.
  await cloud.db.host.update({ where: { id: heir.id }, data: { maintenance: false } })
  await cloud.db.host.delete({ where: { id: other.id } })
  expect(await placeRouters(ctx(), { missed }, later)).toHaveLength(2)
})
