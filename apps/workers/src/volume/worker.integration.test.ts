import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Ctx,
  createServices,
  createVolume,
  createVolumeBackup,
  createVolumeSnapshot,
  deleteVolume,
  deleteVolumeBackup,
  extendVolume,
  mutate,
  type OpenServices,
  reserveVolume,
  restoreVolumeBackup,
  seedVolumeTypesOfBackends,
} from '@nephos/core'
import {
  createTestCloud,
  makeHost,
  makeInstance,
  makeTenant,
  makeVolumeType,
  type TestCloud,
} from '@nephos/core/testing'
import { askOver } from '@nephos/jobs'
import { startTestNats, type TestNats } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startImageWorker } from '../image/worker.ts'
import type { RunningRole } from '../role.ts'
import { startSchedulerWorker } from '../scheduler/worker.ts'
import { eventually } from '../testing/live-cloud.ts'
import { SimulatedVolumes } from './drivers/simulated.ts'
import { startVolumeWorker } from './worker.ts'

const hostName = 'store1'
const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })
let cloud: TestCloud
let nats: TestNats
let services: OpenServices
let scheduler: RunningRole
let images: RunningRole
let worker: RunningRole | undefined
let own: OpenServices | undefined
let directory: string
let ctx: Ctx
let projectId: string

const startWorker = async () => {
  // Like a process of its own: a consumer cannot be opened again on a queue that was closed.
  own = createServices({ config: services.config, processName: 'volume', host: hostName, log })
  const driver = new SimulatedVolumes({ directory, totalBytes: 1024 ** 4 })
  worker = await startVolumeWorker({ services: own, hostName }, [{ name: 'simulated', driver }])
}
const stopWorker = async () => {
  await worker?.stop()
  await own?.close()
  worker = undefined
  own = undefined
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nephos-volumes-'))
  ;[cloud, nats] = await Promise.all([createTestCloud(), startTestNats()])
  const config = { ...cloud.config, databaseUrl: cloud.databaseUrl, natsUrl: nats.url, hostName }
  services = createServices({ config, processName: 'test', host: hostName, log })
  await services.queue.bus.ready(AbortSignal.timeout(20_000))
  // Verbs are called by the test, in this process: what they enqueue goes to NATS.
  cloud.services.relay = services.relay
  cloud.services.ask = services.ask
  scheduler = await startSchedulerWorker({ services, hostName })
  images = await startImageWorker({ services, hostName })
  await startWorker()
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  projectId = tenant.project.id
  await makeVolumeType(cloud, { name: 'standard' })
}, 60_000)

afterAll(async () => {
  await scheduler.stop()
  await images?.stop()
  await stopWorker()
  await services.close()
  await cloud.close()
  await nats.stop()
  await rm(directory, { recursive: true, force: true })
})

const volumeIs = (id: string, status: string) =>
  eventually(async () => {
    const volume = await cloud.db.volume.findUniqueOrThrow({ where: { id }, include: { backend: true } })
    if (volume.status === 'error') throw new Error(`the volume is in error: ${volume.failure}`)
    return volume.status === status && volume
  }, 40_000)

test('a volume is made, copied, extended and deleted by the workers, across a restart of its host', async () => {
  const backend = await cloud.db.volumeBackend.findUniqueOrThrow({ where: { name: `${hostName}@simulated` } })
  expect(backend).toMatchObject({ driver: 'simulated', trouble: null, totalBytes: BigInt(1024 ** 4) })
  expect(await seedVolumeTypesOfBackends(services)).toEqual(expect.any(Array))
  await expect(
    eventually(() => cloud.db.volumeType.findUnique({ where: { name: 'simulated' } })),
  ).resolves.toMatchObject({ extraSpecs: { volume_backend_name: 'simulated' } })

  const { volume } = await createVolume({ ctx, input: { name: 'data', sizeGib: 3 } })
  expect(await volumeIs(volume.id, 'available')).toMatchObject({ backendId: backend.id })

  await stopWorker()
  const down = await cloud.db.volumeBackend.findUniqueOrThrow({ where: { id: backend.id } })
  expect(down.seenAt).toBeNull()
  // Asked for while nobody is there: it waits.
  const { snapshot } = await createVolumeSnapshot({ ctx, input: { volumeId: volume.id } })
  await startWorker()
  await eventually(async () => {
    const row = await cloud.db.volumeSnapshot.findUniqueOrThrow({ where: { id: snapshot.id } })
    return row.status === 'available'
  }, 40_000)

  const { volume: copy } = await createVolume({ ctx, input: { snapshotId: snapshot.id } })
  expect(await volumeIs(copy.id, 'available')).toMatchObject({ sizeGib: 3, backendId: backend.id })

  await extendVolume({ ctx, input: { id: copy.id, sizeGib: 7 } })
  expect(await volumeIs(copy.id, 'available')).toMatchObject({ sizeGib: 7 })

  const { backup } = await createVolumeBackup({ ctx, input: { volumeId: copy.id } })
  const backupIs = (status: string) =>
    eventually(async () => {
      const row = await cloud.db.volumeBackup.findUniqueOrThrow({ where: { id: backup.id } })
      return row.status === status
    }, 40_000)
  await backupIs('available')
  await restoreVolumeBackup({ ctx, input: { id: backup.id, volumeId: copy.id } })
  await volumeIs(copy.id, 'available')
  const { volume: restored } = await restoreVolumeBackup({ ctx, input: { id: backup.id } })
  await volumeIs(restored.id, 'available')
  await backupIs('available')
  await deleteVolumeBackup({ ctx, input: { id: backup.id } })
  await deleteVolume({ ctx, input: { id: restored.id } })
  const rest = () =>
    Promise.all([
      cloud.db.volumeBackup.count({ where: { id: backup.id } }),
      cloud.db.volume.count({ where: { id: restored.id } }),
    ])
  await eventually(async () => (await rest()).every((count) => count === 0), 40_000)

  await deleteVolume({ ctx, input: { id: volume.id, cascade: true } })
  await eventually(async () => (await cloud.db.volume.count({ where: { id: volume.id } })) === 0, 40_000)
  const left = await cloud.db.volumeBackend.findUniqueOrThrow({ where: { id: backend.id } })
  expect({ gib: left.allocatedGib, volumes: left.volumeCount }).toEqual({ gib: 7, volumes: 1 })

  // The host of an instance asks over the queue to be let in.
  const host = await makeHost(cloud, { name: 'compute-b' })
  const { id: instanceId } = await makeInstance(cloud, { projectId, hostId: host.id })
  const attachment = await mutate(ctx, (tx) =>
    reserveVolume(tx, { volumeId: copy.id, instanceId, projectId }),
  )
  const connector = { hostName: 'compute-b', ip: null, initiator: 'iqn.test', instanceId }
  const request = { attachmentId: attachment.id, connector }
  await expect(services.ask(hostName, 'volume.connect', request)).rejects.toMatchObject({
    code: 'forbidden',
  })
  const ask = askOver(services.queue.bus, 'compute-b')
  expect(await ask(hostName, 'volume.connect', request)).toMatchObject({
    route: { kind: 'simulated' },
    sizeBytes: 7 * 1024 ** 3,
    passphrase: null,
  })
  await ask(hostName, 'volume.disconnect', { ...request, volumeId: copy.id })
}, 120_000)
