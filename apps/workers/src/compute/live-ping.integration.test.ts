import { chmod, mkdir } from 'node:fs/promises'
import { hostNetns, type NephosConfig } from '@nephos/config'
import {
  allocateInstancePorts,
  liveMigrateInstance,
  mutate,
  NephosError,
  networkVerbs,
  type Services,
} from '@nephos/core'
import { createTestCloud, ctxFor, makeHost, makeInstance, type TestCloud } from '@nephos/core/testing'
import type { CloudEvent, RequestHandlers } from '@nephos/jobs'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NetworkDriver } from '../network/driver.ts'
import { createNetworkDriver } from '../network/drivers/index.ts'
import { HostNetwork } from '../network/host-network.ts'
import { type FakeGuest, plugGuest } from '../network/testing/fake-guest.ts'
import { canMakeNetworks } from '../network/testing/linux-host.ts'
import { type Pinger, startPinger } from '../network/testing/pinger.ts'
import { openScheduler } from '../scheduler/open.ts'
import { schedule } from '../scheduler/schedule.ts'
import { makeWorkerTenant, type WorkerTenant } from '../testing/tenant.ts'
import { run } from '../testing/two-hosts.ts'
import type { ComputeDeps } from './deps.ts'
import type { ComputeDriver } from './driver.ts'
import { createComputeDriver } from './drivers/index.ts'
import { detectCompute } from './drivers/qemu/detect.ts'
import { guestImage } from './drivers/qemu/testing/guest-image.ts'
import { MoveDesk } from './migrations/desk.ts'
import { instanceCreate } from './sagas/instance-create.ts'
import { instanceLiveMigrate } from './sagas/instance-live-migrate.ts'

const bootMs = 180_000
const everyMs = 200
/** Answers that are awaited before and after a move. */
const some = 10

interface LabHost {
  name: string
  config: NephosConfig
  network: HostNetwork
  networkDriver: NetworkDriver
  driver: ComputeDriver
  deps: ComputeDeps
  desk: MoveDesk
}

const seen = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: '/tmp',
  guestDir: '/tmp',
})

/** Three hosts of a lab in one process, with real networks and real machines; they answer each other without NATS. */
describe.skipIf(seen.driver !== 'qemu' || !canMakeNetworks())('a guest that is pinged while it moves', () => {
  let cloud: TestCloud
  let tenant: WorkerTenant
  /** Three hosts that have each its own disks, and two that share them. */
  let apart: LabHost[]
  let together: LabHost[]
  const hosts = () => [...apart, ...together]
  const guests: FakeGuest[] = []
  const pingers: Pinger[] = []
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })

  const answersOf = ({ network, desk }: LabHost) =>
    ({
      'migration.work': (request) => desk.work(request),
      'network.wire': async ({ portIds, standby }) => ({ ports: await network.wire(portIds, { standby }) }),
      'network.accept': ({ portIds }) => network.accept(portIds).then(() => ({})),
      'network.copy': ({ portIds, to }) => network.copy(portIds, to).then(() => ({})),
      'network.activate': ({ portIds }) => network.activate(portIds).then(() => ({})),
      'network.meet': ({ networkIds }) =>
        Promise.all(networkIds.map((id) => network.meet(id))).then(() => ({})),
      'network.unwire': ({ ports }) => network.unwire(ports).then(() => ({})),
    }) satisfies RequestHandlers
  const ask: Services['ask'] = async (name, request, input) => {
    const host = hosts().find((one) => one.name === name)
    const answers: Record<string, ((value: never) => Promise<unknown>) | undefined> = host
      ? answersOf(host)
      : {}
    const answer = answers[request]
    if (!answer) throw new NephosError('unavailable', `The host ${name} does not answer ${request}.`)
    return (await answer(input as never)) as never
  }
  /** Only the hosts of the move hear of it by events; the third one has to be told. */
  const announce = ({ noun, data }: CloudEvent) => {
    const networkId = noun === 'port' && (data as { networkId?: string } | null)?.networkId
    if (networkId)
      for (const { network } of [...apart.slice(0, 2), ...together]) network.meet(networkId).catch(() => {})
  }

  async function openHost(place: number, instancesDirectory?: string): Promise<LabHost> {
    const name = `host${place}`
    const underlayIp = `10.255.0.${place}`
    const config: NephosConfig = {
      ...cloud.config,
      hostName: name,
      hosts: 5,
      underlayIp,
      networkDriver: 'linux',
      computeDriver: 'qemu',
      accelerator: 'tcg',
      ...(instancesDirectory && { instancesDirectory }),
    }
    await makeHost(cloud, { name, underlayIp, vcpus: 16, ramMib: 65_536 })
    const networkDriver = await createNetworkDriver(config, log)
    await networkDriver.open()
    const services = { ...cloud.services, config }
    const network = new HostNetwork({ services, host: name, driver: networkDriver, overlay: true })
    const driver = await createComputeDriver(config, log)
    const deps: ComputeDeps = { services, driver, hostName: name, log }
    return { name, config, network, networkDriver, driver, deps, desk: new MoveDesk(deps) }
  }

  beforeAll(async () => {
    cloud = await createTestCloud({
      // Nobody beats here.
      config: { serviceDownTime: 3_600 },
      services: { ask, announce },
    })
    await chmod(cloud.config.home, 0o711)
    await mkdir(`${cloud.config.home}/run`, { recursive: true })
    const shared = `${cloud.config.home}/shared`
    await mkdir(shared)
    apart = []
    together = []
    for (const place of [1, 2, 3]) apart.push(await openHost(place))
    for (const place of [4, 5]) together.push(await openHost(place, shared))
    tenant = await makeWorkerTenant(cloud, { ramMib: 192 })
    const image = await guestImage()
    await cloud.db.image.update({ where: { id: tenant.imageId }, data: { hashValue: image.sha512 } })
    const quiet = { signal: new AbortController().signal, onProgress: () => {} }
    for (const { driver } of hosts()) await driver.cacheImage({ ...image, imageId: tenant.imageId }, quiet)
  }, 300_000)
  afterAll(async () => {
    for (const pinger of pingers) await pinger.stop()
    for (const guest of guests) await guest.remove()
    for (const { driver, networkDriver, desk } of apart && together ? hosts() : []) {
      await desk.close()
      for (const { instanceId } of await driver.list()) await driver.destroy(instanceId)
      await driver.close()
      await networkDriver.destroy()
    }
    await cloud?.close()
  }, 60_000)

  const place = async (instanceId: string, operationId: string) => {
    const scheduler = await openScheduler(cloud.services, 'test')
    const [answer] = await schedule(scheduler, [{ instanceId, operationId }])
    expect(answer ?? null).toBeNull()
  }
  const enable = (name: string | null) =>
    Promise.all(
      hosts().map((host) =>
        cloud.db.host.update({
          where: { name: host.name },
          data: { enabled: name === null || host.name === name, generation: { increment: 1 } },
        }),
      ),
    )

  /** A machine on the first of these hosts, and a neighbour of it on each. @returns its id and address */
  async function build(hosts: readonly LabHost[]): Promise<{ id: string; address: string }> {
    const { ctx, projectId } = tenant
    const { id: networkId } = await networkVerbs.networks.create({
      ctx,
      input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } },
    })
    const [created] = await tenant.create({ name: 'traveller', networkIds: [networkId] })
    await enable(hosts[0]!.name)
    await place(created!.id, created!.operationId)
    await enable(null)
    await run(cloud, instanceCreate(hosts[0]!.deps), created!.operationId)
    const [port] = await cloud.db.port.findMany({
      where: { instanceId: created!.id },
      include: { allocations: true },
    })
    const address = port!.allocations[0]!.ipAddress
    for (const { network, config } of hosts) {
      const neighbour = await makeInstance(cloud, { projectId })
      const [own] = await mutate(ctx, (tx) =>
        allocateInstancePorts(tx, {
          projectId,
          ports: [{ instanceId: neighbour.id, networkId, deviceIndex: 0 }],
        }),
      )
      const guest = await plugGuest(hostNetns(config), own!.portId, own!.macAddress)
      guests.push(guest)
      await guest.exec('ip', 'addr', 'add', `${own!.fixedIps[0]!.ipAddress}/24`, 'dev', 'eth0')
      await network.wire([own!.portId])
    }
    // As events would have it: who is where, and who is in the group.
    for (const { network } of hosts) await network.reconcile()
    for (const guest of guests.slice(-hosts.length))
      await expect.poll(() => guest.reaches(address), { timeout: bootMs, interval: 500 }).toBe(true)
    return { id: created!.id, address }
  }

  async function answered(): Promise<void> {
    const from = pingers.map((pinger) => pinger.newest())
    await expect
      .poll(() => pingers.map((pinger, index) => pinger.newest() - from[index]! >= some), { timeout: 60_000 })
      .toEqual(pingers.map(() => true))
  }

  /** Moves it, and tells how. */
  async function move(id: string, from: LabHost, to: LabHost, force: boolean) {
    const { operationId, migrationId } = await liveMigrateInstance({
      ctx: ctxFor(cloud, { systemRole: 'admin' }),
      input: { id, host: to.name, force },
    })
    await place(id, operationId)
    await run(cloud, instanceLiveMigrate(from.deps), operationId)
    return cloud.db.migration.findUniqueOrThrow({ where: { id: migrationId } })
  }

  test.each([
    ['with disks of each host', () => apart],
    ['with disks that both hosts see', () => together],
  ] as const)(
    '%s loses no ping from any host: on its way there, and back as one that is to stand still',
    async (_, where) => {
      const lab = where()
      const { id, address } = await build(lab)
      for (const pinger of pingers.splice(0)) await pinger.stop()
      for (const { netns } of guests.slice(-lab.length)) pingers.push(startPinger(netns, address, everyMs))
      await answered()
      for (const [from, to, force] of [
        [0, 1, false],
        [1, 0, true],
      ] as const) {
        const moved = await move(id, lab[from]!, lab[to]!, force)
        expect(moved).toMatchObject({ status: 'completed', errorMessage: null })
        await answered()
        const result = {
          downtimeMs: moved.downtimeMs,
          slowest: pingers.map((pinger) => pinger.slowest()),
          lost: pingers.map((pinger) => pinger.lost()),
        }
        if (process.env.TEST_LOG_LEVEL) console.log(JSON.stringify(result))
        expect(result).toMatchObject({ lost: lab.map(() => []) })
        expect(result.downtimeMs).toBeLessThan(10_000)
        const machines = await Promise.all(lab.map(({ driver }) => driver.status(id)))
        expect(machines.map(({ powerState }) => powerState === 1)).toEqual(
          lab.map((_, index) => index === to),
        )
      }
    },
    3 * bootMs,
  )
})
