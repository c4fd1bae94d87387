import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NephosError } from '@nephos/core'
import { createTestCloud, makeHost, type TestCloud } from '@nephos/core/testing'
import { runSaga, type Saga } from '@nephos/jobs'
import { testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { expect } from 'vitest'
import type { ComputeDeps } from '../compute/deps.ts'
import { SimulatedDriver } from '../compute/drivers/simulated/driver.ts'
import { MoveDesk } from '../compute/migrations/desk.ts'
import { instanceCreate } from '../compute/sagas/instance-create.ts'
import { openScheduler } from '../scheduler/open.ts'
import { schedule } from '../scheduler/schedule.ts'
import { NetworkStandIn } from './network-stand-in.ts'
import { makeWorkerTenant, type WorkerTenant } from './tenant.ts'
import { VolumeStandIn } from './volume-stand-in.ts'

/** One host of a {@link TwoHosts}. */
export interface OneHost {
  name: string
  deps: ComputeDeps
  driver: SimulatedDriver
  network: NetworkStandIn
  instancesDir: string
}

/** A cloud of two hosts with simulated machines in one process: they answer each other without NATS. */
export interface TwoHosts {
  cloud: TestCloud
  tenant: WorkerTenant
  hosts: readonly [OneHost, OneHost]
  host: (name: string) => OneHost
  /** Hosts whose workers do not answer now. */
  silent: Set<string>
  /** Has the scheduler answer an operation. @returns why it has to come again, or null */
  place: (instanceId: string, operationId: string) => Promise<Error | null>
  /** An instance that runs on `host1`. */
  active: (name?: string) => Promise<string>
  state: (id: string) => Promise<InstanceView>
  /** Names of the hosts on which a machine of the instance runs. */
  runsOn: (id: string) => Promise<string[]>
  /** Names of the hosts that are connected to the volume which the instance has. */
  volumeOn: (id: string) => Promise<string[]>
  /** Names of the hosts that have files of the instance. */
  filesOn: (id: string) => Promise<string[]>
  /** Of an instance on storage that both hosts have: what its disk holds and who has a part in it; null: it is gone. */
  storedDisk: (id: string) => Promise<{ text: string; parts: string[] } | null>
  /** Fails when what hosts count as used is not the sum of what is held there. */
  expectUsage: () => Promise<void>
  close: () => Promise<void>
}

/** What tests look at of an instance. */
export interface InstanceView {
  vmState: string
  taskState: string | null
  powerState: number
  vcpus: number
  ramMib: number
  diskGib: number
  flavorId: string
  faultMessage: string | null
  host: { name: string } | null
  allocations: { consumerId: string; vcpus: number; host: { name: string } }[]
  ports: { id: string }[]
  migrations: { id: string; status: string; kind: string; endedAt: Date | null; confirmAt: Date | null }[]
}

/** Starts a {@link TwoHosts}. @param options `sharedDisks`: the hosts have one storage for disks */
export async function startTwoHosts({ sharedDisks = false } = {}): Promise<TwoHosts> {
  const root = await mkdtemp(join(tmpdir(), 'nephos-two-'))
  const silent = new Set<string>()
  const volumes = new VolumeStandIn()
  const disksDir = sharedDisks ? join(root, 'disks') : null
  const byName = new Map<string, { one: OneHost; desk: MoveDesk }>()
  const cloud = await createTestCloud({
    services: {
      ask: (async (name: string, request: string, input: never) => {
        if (request.startsWith('volume.')) return volumes.ask(name, request as 'volume.connect', input)
        const found = byName.get(name)
        if (!found || silent.has(name)) throw new NephosError('unavailable', `${name} does not answer.`)
        if (request === 'migration.work') return found.desk.work(input)
        return found.one.network.ask(name, request as 'network.wire', input)
      }) as TestCloud['services']['ask'],
    },
  })
  await volumes.open(cloud, 'storage')
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })
  const made: OneHost[] = []
  for (const name of ['host1', 'host2']) {
    const instancesDir = join(root, name)
    await makeHost(cloud, { name, vcpus: 10_000, ramMib: 10_000_000, diskGib: 100_000 })
    const driver = new SimulatedDriver({
      instancesDir,
      vcpus: 1,
      ramMib: 1,
      diskGib: 1,
      consoleLogBytes: 65_536,
      bootMs: 1,
      hostName: name,
      disksDir,
    })
    await driver.inventory()
    const deps: ComputeDeps = { services: cloud.services, driver, hostName: name, log }
    const one = { name, deps, driver, network: new NetworkStandIn(), instancesDir }
    byName.set(name, { one, desk: new MoveDesk(deps) })
    made.push(one)
  }
  const hosts = made as unknown as readonly [OneHost, OneHost]
  const tenant = await makeWorkerTenant(cloud)
  const place = async (instanceId: string, operationId: string) => {
    const scheduler = await openScheduler(cloud.services, 'test')
    const [answer] = await schedule(scheduler, [{ instanceId, operationId }])
    return answer ?? null
  }
  const state = (id: string): Promise<InstanceView> =>
    cloud.db.instance.findUniqueOrThrow({
      where: { id },
      select: {
        vmState: true,
        taskState: true,
        powerState: true,
        vcpus: true,
        ramMib: true,
        diskGib: true,
        flavorId: true,
        faultMessage: true,
        host: { select: { name: true } },
        allocations: {
          select: { consumerId: true, vcpus: true, host: { select: { name: true } } },
          orderBy: { createdAt: 'asc' },
        },
        ports: { select: { id: true } },
        migrations: {
          select: { id: true, status: true, kind: true, endedAt: true, confirmAt: true },
          orderBy: { createdAt: 'desc' },
        },
      },
    })
  const enable = (name: string, enabled: boolean) =>
    cloud.db.host.update({ where: { name }, data: { enabled, generation: { increment: 1 } } })
  return {
    cloud,
    tenant,
    hosts,
    silent,
    host: (name) => byName.get(name)!.one,
    place,
    state,
    active: async (name = 'web') => {
      // Nobody beats here, and the tests of a file may take long.
      await cloud.db.service.updateMany({ data: { lastSeenAt: new Date() } })
      const [created] = await tenant.create({ name })
      const { id, operationId } = created!
      await enable('host2', false)
      expect(await place(id, operationId)).toBeNull()
      await enable('host2', true)
      await run(cloud, instanceCreate(hosts[0].deps), operationId)
      expect(await state(id)).toMatchObject({ vmState: 'active', host: { name: 'host1' } })
      // Every one has a volume: what becomes of it is a part of every move.
      const instance = await cloud.db.instance.findUniqueOrThrow({ where: { id } })
      await volumes.attached(instance, 'host1')
      return id
    },
    runsOn: async (id) => {
      const seen = await Promise.all(hosts.map(({ driver }) => driver.status(id)))
      return hosts.flatMap(({ name }, index) => (seen[index]!.powerState === 1 ? [name] : []))
    },
    volumeOn: async (id) => {
      const { volumeId } = await cloud.db.volumeAttachment.findFirstOrThrow({ where: { instanceId: id } })
      return volumes.hostsOf(volumeId)
    },
    filesOn: async (id) => {
      const seen = await Promise.all(
        hosts.map(({ instancesDir }) => readdir(instancesDir).catch((): string[] => [])),
      )
      return hosts.flatMap(({ name }, index) => (seen[index]!.includes(id) ? [name] : []))
    },
    storedDisk: async (id) => {
      if (!disksDir) throw new Error('The hosts have no storage in common.')
      const text = await readFile(join(disksDir, id, 'vm/root'), 'utf8').catch(() => null)
      if (text === null) return null
      return { text, parts: (await readdir(join(disksDir, id, 'hosts'))).sort() }
    },
    expectUsage: async () => {
      for (const host of await cloud.db.host.findMany()) {
        const { _sum, _count } = await cloud.db.allocation.aggregate({
          where: { hostId: host.id },
          _sum: { vcpus: true, ramMib: true },
          _count: true,
        })
        expect([host.usedVcpus, host.usedRamMib, host.instanceCount]).toEqual([
          _sum.vcpus ?? 0,
          _sum.ramMib ?? 0,
          _count,
        ])
      }
    },
    close: async () => {
      for (const { desk } of byName.values()) await desk.close()
      for (const { driver } of made) await driver.close()
      await cloud.close()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Runs a saga to its end, as a worker does with the last delivery of its job. */
export const run = <S>(cloud: TestCloud, saga: Saga<S>, operationId: string): Promise<void> =>
  runSaga(testTools(cloud.db), saga, operationId, { last: true })

/** Stands for a saga until the hosts exist; tests bind each case to a real one. */
export const named = <S>(make: (deps: ComputeDeps) => Saga<S>): Saga<S> =>
  make({ services: {} as ComputeDeps['services'], driver: {} as ComputeDeps['driver'] } as ComputeDeps)
