import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@nephos/config'
import { createServices, mutate, type OpenServices, systemCtx } from '@nephos/core'
import { createTestCloud, makeNetwork, makeTenant, type TestCloud } from '@nephos/core/testing'
import { startTestNats, type TestNats } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningRole } from '../../role.ts'
import { startSchedulerWorker } from '../../scheduler/worker.ts'
import { SimulatedNetworkDriver } from '../drivers/simulated/driver.ts'
import { makeFloatingIp, makePort, makeRouter } from '../testing/router-rows.ts'
import { startNetworkWorker } from '../worker.ts'

const hostName = 'host1'
let cloud: TestCloud
let nats: TestNats
let home: string
let driver: SimulatedNetworkDriver
const open: OpenServices[] = []
const running: RunningRole[] = []

beforeAll(async () => {
  ;[cloud, nats] = await Promise.all([createTestCloud(), startTestNats()])
  home = await mkdtemp(join(tmpdir(), 'nephos-routers-'))
  const config = loadConfig({
    env: {},
    cwd: home,
    overrides: {
      home,
      hostName,
      networkDriver: 'simulated',
      databaseUrl: cloud.databaseUrl,
      natsUrl: nats.url,
    },
  })
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })
  const services = (processName: string) => {
    const made = createServices({ config, processName, log })
    open.push(made)
    return made
  }
  driver = new SimulatedNetworkDriver({ directory: join(home, 'simulated') })
  running.push(await startNetworkWorker({ services: services('network-host1'), hostName }, driver))
  running.push(await startSchedulerWorker({ services: services('control'), hostName: 'control' }))
  services('api')
})
afterAll(async () => {
  for (const role of running.reverse()) await role.stop()
  for (const services of open) await services.close()
  await cloud?.close()
  await nats?.stop()
  if (home) await rm(home, { recursive: true, force: true })
})

test('a router finds its host, is applied there and followed until it is gone, by events alone', async () => {
  const { project } = await makeTenant(cloud)
  const projectId = project.id
  const inner = await makeNetwork(cloud, { projectId })
  const outer = await makeNetwork(cloud, {
    projectId,
    external: true,
    subnet: { cidr: '172.24.4.0/24', gatewayIp: '172.24.4.1', enableDhcp: false },
  })
  const ctx = systemCtx(open.at(-1)!, 'test')
  const announce = (
    noun: 'router' | 'floating_ip',
    id: string,
    data: object | null,
    change = 'updated' as const,
  ) =>
    mutate(ctx, async (tx) =>
      tx.event({
        noun,
        change: data ? change : 'deleted',
        id,
        audience: { kind: 'project', projectId },
        data,
      }),
    )
  const status = async (id: string) => (await cloud.db.router.findUniqueOrThrow({ where: { id } })).status
  const { id } = await makeRouter(cloud, {
    projectId,
    networks: [inner],
    external: { network: outer, address: '172.24.4.10' },
  })
  await announce('router', id, { status: 'ALLOCATING' })
  await expect.poll(() => status(id), { timeout: 15_000 }).toBe('ACTIVE')
  expect((await driver.inspect()).routers).toEqual([id])
  expect((await driver.inspect()).networks.sort()).toEqual([inner.id, outer.id].sort())
  // What is the router's is no guest's port.
  expect((await driver.inspect()).ports).toEqual([])

  const to = await makePort(cloud, { projectId, network: inner, address: '10.0.0.11' })
  const led = { projectId, network: outer, address: '172.24.4.21', routerId: id, to }
  const floating = await makeFloatingIp(cloud, led)
  await announce('floating_ip', floating.id, { routerId: id, networkId: outer.id })
  const read = () => cloud.db.floatingIp.findUniqueOrThrow({ where: { id: floating.id } })
  await expect.poll(async () => (await read()).status, { timeout: 10_000 }).toBe('ACTIVE')

  const change = (data: object) =>
    cloud.db.router.update({ where: { id }, data: { ...data, generation: { increment: 1 } } })
  await change({ adminStateUp: false })
  await announce('router', id, {})
  await expect.poll(() => status(id), { timeout: 10_000 }).toBe('DOWN')
  expect((await driver.inspect()).routers).toEqual([])
  await change({ adminStateUp: true })
  await announce('router', id, {})
  await expect.poll(() => status(id), { timeout: 10_000 }).toBe('ACTIVE')

  await cloud.db.floatingIp.deleteMany({ where: { routerId: id } })
  await cloud.db.router.delete({ where: { id } })
  await announce('router', id, null)
  await expect.poll(async () => (await driver.inspect()).routers, { timeout: 10_000 }).toEqual([])
})
