import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  attachVolume,
  deleteInstance,
  detachVolume,
  listInstanceVolumes,
  startInstance,
  stopInstance,
  updateInstanceVolume,
} from '@nephos/core'
import { createTestCloud, makeHost, type TestCloud } from '@nephos/core/testing'
import { runSaga, type Saga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NetworkStandIn } from '../../testing/network-stand-in.ts'
import { makeWorkerTenant, type WorkerTenant } from '../../testing/tenant.ts'
import { VolumeStandIn } from '../../testing/volume-stand-in.ts'
import type { ComputeDeps } from '../deps.ts'
import { SimulatedDriver } from '../drivers/simulated/driver.ts'
import { reconcileVolumes } from '../reconcilers/volumes.ts'
import { instanceAttachVolume } from './instance-attach-volume.ts'
import { instanceCreate } from './instance-create.ts'
import { instanceDelete } from './instance-delete.ts'
import { instanceDetachVolume } from './instance-detach-volume.ts'
import { instanceStart } from './instance-start.ts'
import { instanceStop } from './instance-stop.ts'
import type { VolumeState } from './volume.ts'

const hostName = 'host1'
const network = new NetworkStandIn()
const volumes = new VolumeStandIn()
let cloud: TestCloud
let instancesDir: string
let tenant: WorkerTenant
let deps: ComputeDeps
let hostId: string

beforeAll(async () => {
  instancesDir = await mkdtemp(join(tmpdir(), 'nephos-instance-volumes-'))
  cloud = await createTestCloud({
    services: {
      ask: (host, name, input) =>
        name.startsWith('volume.') ? volumes.ask(host, name, input) : network.ask(host, name, input),
    },
  })
  hostId = (await makeHost(cloud, { name: hostName })).id
  tenant = await makeWorkerTenant(cloud)
  await volumes.open(cloud, hostName)
  const driver = new SimulatedDriver({
    instancesDir,
    vcpus: 1,
    ramMib: 1,
    diskGib: 1,
    consoleLogBytes: 65_536,
    bootMs: 1,
  })
  deps = { services: cloud.services, driver, hostName, log: pino({ level: 'silent' }) }
})
afterAll(async () => {
  await deps.driver.close()
  await cloud.close()
  await rm(instancesDir, { recursive: true, force: true })
})

const run = <S>(saga: Saga<S>, operationId: string) =>
  runSaga(testTools(cloud.db), saga, operationId, { last: true })

async function active(name = 'web'): Promise<string> {
  const [created] = await tenant.create({ name })
  const { id, operationId } = created!
  await cloud.db.instance.update({
    where: { id },
    data: { hostId, taskState: 'networking', generation: { increment: 1 } },
  })
  await run(instanceCreate(deps), operationId)
  return id
}

const newVolume = () => volumes.volume(tenant.projectId, (tenant.ctx.actor as { userId: string }).userId)
const volumeOf = (id: string) =>
  cloud.db.volume.findUniqueOrThrow({ where: { id }, include: { attachments: true } })
const plugged = (id: string, volumeId: string) => deps.driver.volumes.plugged(id, [volumeId])
const attach = (id: string, volumeId: string) => attachVolume({ ctx: tenant.ctx, input: { id, volumeId } })
async function attached(name?: string) {
  const [id, volumeId] = [await active(name), await newVolume()]
  await run(instanceAttachVolume(deps), (await attach(id, volumeId)).operationId)
  expect((await volumeOf(volumeId)).status).toBe('in_use')
  return { id, volumeId }
}

/** Stands for a saga until the driver exists; the tests bind each case to the real one. */
const named = (make: (deps: ComputeDeps) => Saga<VolumeState>): Saga<VolumeState> =>
  make({ services: {} as ComputeDeps['services'], driver: {} as ComputeDeps['driver'] } as ComputeDeps)

interface Fixture extends SagaFixture {
  id: string
  volumeId: string
}

async function expectAttached({ id, volumeId }: Pick<Fixture, 'id' | 'volumeId'>) {
  const volume = await volumeOf(volumeId)
  expect(volume).toMatchObject({ status: 'in_use' })
  expect(volume.attachments).toMatchObject([
    { instanceId: id, status: 'attached', device: '/dev/vdb', hostName },
  ])
  expect(volumes.connected.has(`${volumeId} ${hostName}`)).toBe(true)
}
async function expectFree({ id, volumeId }: Pick<Fixture, 'id' | 'volumeId'>) {
  expect(await volumeOf(volumeId)).toMatchObject({ status: 'available', attachments: [] })
  expect(volumes.connected.has(`${volumeId} ${hostName}`)).toBe(false)
  expect(await plugged(id, volumeId)).toEqual([])
}

testSaga<VolumeState, Fixture>(named(instanceAttachVolume), {
  setup: async () => {
    const [id, volumeId] = [await active(), await newVolume()]
    const { operationId, device } = await attach(id, volumeId)
    expect(device).toBe('/dev/vdb')
    expect((await volumeOf(volumeId)).status).toBe('reserved')
    return { db: cloud.db, id, operationId, volumeId }
  },
  sagaFor: () => instanceAttachVolume(deps),
  assertDone: async (fixture) => {
    await expectAttached(fixture)
    expect(await plugged(fixture.id, fixture.volumeId)).toEqual([fixture.volumeId])
  },
  assertClean: expectFree,
})

testSaga<VolumeState, Fixture>(named(instanceDetachVolume), {
  setup: async () => {
    const { id, volumeId } = await attached()
    const { operationId } = await detachVolume({ ctx: tenant.ctx, input: { id, volumeId } })
    expect((await volumeOf(volumeId)).status).toBe('detaching')
    return { db: cloud.db, id, operationId, volumeId }
  },
  sagaFor: () => instanceDetachVolume(deps),
  assertDone: expectFree,
  assertClean: async (fixture) => {
    await expectAttached(fixture)
    expect(await plugged(fixture.id, fixture.volumeId)).toEqual([fixture.volumeId])
  },
})

describe('volumes of instances', () => {
  it('says why a guest keeps a volume, which is as before then', async () => {
    const { id, volumeId } = await attached('fail-unplug-web')
    const { operationId } = await detachVolume({ ctx: tenant.ctx, input: { id, volumeId } })
    await run(instanceDetachVolume(deps), operationId)
    await expectAttached({ id, volumeId })
    const [row] = await listInstanceVolumes({ ctx: tenant.ctx, input: { id } })
    expect(row).toMatchObject({
      volumeId,
      status: 'attached',
      failure: expect.stringMatching(/keeps its volumes/),
    })
  })

  it('leaves a volume alone that cannot be reached', async () => {
    const [id, volumeId] = [await active(), await newVolume()]
    volumes.refusal = 'the back end is down'
    const { operationId } = await attach(id, volumeId)
    await run(instanceAttachVolume(deps), operationId)
    volumes.refusal = null
    await expectFree({ id, volumeId })
    const operation = await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })
    expect(operation.errorMessage).toMatch(/back end is down/)
  })

  it('plugs in at the next start what was attached while the machine was off', async () => {
    const [id, volumeId] = [await active(), await newVolume()]
    await run(instanceStop(deps), (await stopInstance({ ctx: tenant.ctx, input: { id } })).operationId)
    await run(instanceAttachVolume(deps), (await attach(id, volumeId)).operationId)
    await expectAttached({ id, volumeId })
    expect(await plugged(id, volumeId)).toBeNull()
    await run(instanceStart(deps), (await startInstance({ ctx: tenant.ctx, input: { id } })).operationId)
    expect(await plugged(id, volumeId)).toEqual([volumeId])
  })

  it('gives every volume a place of its own, and refuses what is taken', async () => {
    const { id, volumeId } = await attached()
    const [second, third] = [await newVolume(), await newVolume()]
    expect(await attach(id, second)).toMatchObject({ device: '/dev/vdc' })
    await expect(
      attachVolume({ ctx: tenant.ctx, input: { id, volumeId: third, device: '/dev/vdc' } }),
    ).rejects.toThrow(/already/)
    expect(await volumeOf(third)).toMatchObject({ status: 'available', attachments: [] })
    await expect(attach(id, volumeId)).rejects.toThrow(/attached/)
    const other = await active('other')
    await expect(attach(other, volumeId)).rejects.toThrow(/attached/)
  })

  it('refuses a volume that the host of the instance does not reach, with the reason', async () => {
    const [id, volumeId] = [await active(), await newVolume()]
    const far = await cloud.db.volumeBackend.create({
      data: {
        id: crypto.randomUUID(),
        name: 'far@local',
        hostName: 'far',
        zone: 'nova',
        driver: 'local',
        abilities: { acrossHosts: 'It is a file of its own host.' },
      },
    })
    await cloud.db.volume.update({ where: { id: volumeId }, data: { backendId: far.id } })
    await expect(attach(id, volumeId)).rejects.toThrow(/cannot reach the volume data. It is a file/)
    expect(await volumeOf(volumeId)).toMatchObject({ status: 'available', attachments: [] })
  })

  it('lets go of its volumes when it is deleted, and takes those along that are to go with it', async () => {
    const { id, volumeId } = await attached()
    const [stays] = [await newVolume()]
    await run(instanceAttachVolume(deps), (await attach(id, stays)).operationId)
    await updateInstanceVolume({ ctx: tenant.ctx, input: { id, volumeId, deleteOnTermination: true } })
    await run(instanceDelete(deps), (await deleteInstance({ ctx: tenant.ctx, input: { id } })).operationId)
    expect(await cloud.db.instance.findUnique({ where: { id } })).toBeNull()
    expect(await volumeOf(stays)).toMatchObject({ status: 'available', attachments: [] })
    expect(await volumeOf(volumeId)).toMatchObject({ status: 'deleting', attachments: [] })
    expect([...volumes.connected].filter((one) => one.startsWith(volumeId) || one.startsWith(stays))).toEqual(
      [],
    )
  })
})

describe('attachments whose work has ended without them', () => {
  const forget = async (operationId: string) => {
    await cloud.db.operation.update({
      where: { id: operationId },
      data: { status: 'failed', endedAt: new Date() },
    })
    await cloud.db.volumeAttachment.updateMany({ data: { updatedAt: new Date(Date.now() - 3_600_000) } })
  }

  it('are finished where the guest has the volume, and taken back where it has not', async () => {
    const [id, volumeId] = [await active(), await newVolume()]
    const { operationId } = await attach(id, volumeId)
    // Nothing is touched while the work may still go on.
    await reconcileVolumes(deps)
    expect((await volumeOf(volumeId)).status).toBe('reserved')
    await forget(operationId)
    await reconcileVolumes(deps)
    await expectFree({ id, volumeId })

    const kept = await attached()
    const detaching = await detachVolume({ ctx: tenant.ctx, input: kept })
    await forget(detaching.operationId)
    await reconcileVolumes(deps)
    await expectAttached(kept)

    const gone = await detachVolume({ ctx: tenant.ctx, input: kept })
    await deps.driver.volumes.unplug(kept.id, kept.volumeId)
    await forget(gone.operationId)
    await reconcileVolumes(deps)
    await expectFree(kept)
  })

  it('do not keep a host connected that the instance has left', async () => {
    const { id, volumeId } = await attached()
    const other = await makeHost(cloud, { name: 'host2' })
    await cloud.db.instance.update({ where: { id }, data: { hostId: other.id } })
    await cloud.db.volumeAttachment.updateMany({ where: { volumeId }, data: { standbyHost: 'host2' } })
    await reconcileVolumes(deps)
    expect((await volumeOf(volumeId)).attachments).toMatchObject([{ hostName: 'host2', standbyHost: null }])
    expect(volumes.connected.has(`${volumeId} ${hostName}`)).toBe(false)
  })
})
