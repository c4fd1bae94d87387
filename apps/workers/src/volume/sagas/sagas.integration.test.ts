import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  completeAttachment,
  createVolume,
  createVolumeSnapshot,
  deleteVolume,
  deleteVolumeSnapshot,
  extendVolume,
  findQuotaDrift,
  mutate,
  recountBackends,
  reserveVolume,
  retypeVolume,
  revertVolume,
  scheduleVolume,
  sealOf,
  systemCtx,
  uploadVolumeToImage,
} from '@nephos/core'
import {
  createTestCloud,
  makeHost,
  makeInstance,
  makeTenant,
  makeVolumeBackend,
  makeVolumeType,
  type TestCloud,
} from '@nephos/core/testing'
import { newId } from '@nephos/db'
import type { Saga } from '@nephos/jobs'
import { runSaga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KeyedLock } from '../../compute/drivers/keyed-lock.ts'
import { VolumeBackends } from '../backends.ts'
import { connectVolume, disconnectVolume } from '../connections.ts'
import type { VolumeDeps } from '../deps.ts'
import { SimulatedVolumes } from '../drivers/simulated.ts'
import { storedVolume } from '../stored.ts'
import { volumeCreate } from './volume-create.ts'
import { volumeDelete, volumeDeleteUnplaced } from './volume-delete.ts'
import { volumeExtend } from './volume-extend.ts'
import { volumeRetype } from './volume-retype.ts'
import { volumeRevert } from './volume-revert.ts'
import { volumeSnapshot, volumeSnapshotDelete } from './volume-snapshot.ts'
import { volumeUpload } from './volume-upload.ts'

const hostName = 'host1'
const log = pino({ level: 'silent' })
let cloud: TestCloud
let deps: VolumeDeps
let driver: SimulatedVolumes
let second: SimulatedVolumes
let secondId: string
let directory: string
let typeId: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nephos-volumes-'))
  cloud = await createTestCloud()
  driver = new SimulatedVolumes({ directory, totalBytes: 1024 ** 4 })
  await makeVolumeBackend(cloud, { hostName, name: `${hostName}@simulated` })
  second = new SimulatedVolumes({ directory: join(directory, 'second'), totalBytes: 1024 ** 3 * 50 })
  const backends = new VolumeBackends(cloud.services, hostName, log, [
    { name: 'simulated', driver },
    { name: 'second', driver: second },
  ])
  await backends.report()
  secondId = (await cloud.db.volumeBackend.findUniqueOrThrow({ where: { name: `${hostName}@second` } })).id
  deps = { services: cloud.services, backends, hostName, log, lock: new KeyedLock() }
  typeId = (await makeVolumeType(cloud, { encryption: { provider: 'luks' } })).id
})
afterAll(async () => {
  await cloud.close()
  await rm(directory, { recursive: true, force: true })
})

interface Fixture extends SagaFixture {
  volumeId: string
  projectId: string
}

const run = <S>(saga: Saga<S>, operationId: string) =>
  runSaga(testTools(cloud.db), saga, operationId, { last: true })

/** A volume that waits for its saga, its back end found. */
async function placed(): Promise<Fixture & { ctx: Awaited<ReturnType<typeof makeTenant>>['ctx'] }> {
  const { ctx, project } = await makeTenant(cloud)
  const { operationId, volume } = await createVolume({ ctx, input: { name: 'data', sizeGib: 2, typeId } })
  await scheduleVolume(systemCtx(cloud.services, 'test'), { operationId, volumeId: volume.id })
  return { db: cloud.db, operationId, volumeId: volume.id, projectId: project.id, ctx }
}

async function made() {
  const fixture = await placed()
  await run(volumeCreate(deps), fixture.operationId)
  return fixture
}

async function withSnapshot() {
  const fixture = await made()
  const { operationId, snapshot } = await createVolumeSnapshot({
    ctx: fixture.ctx,
    input: { volumeId: fixture.volumeId },
  })
  return { ...fixture, operationId, snapshotId: snapshot.id }
}

/** The back ends that have something of a volume. */
const holders = async (volumeId: string) => [
  ...((await driver.list()).includes(volumeId) ? ['simulated'] : []),
  ...((await second.list()).includes(volumeId) ? ['second'] : []),
]
const volumeOf = ({ volumeId }: Fixture) => cloud.db.volume.findUniqueOrThrow({ where: { id: volumeId } })
/** Counters of this project alone that are not what there is. */
const drift = async ({ projectId }: Fixture) =>
  (await findQuotaDrift(cloud.db)).filter(({ scopeId }) => scopeId === projectId)
const expectTrueCounters = async (fixture: Fixture) => {
  expect(await drift(fixture)).toEqual([])
  expect(await recountBackends(cloud.db)).toEqual([])
}
const none = {} as VolumeDeps

testSaga(volumeCreate(none), {
  sagaFor: () => volumeCreate(deps),
  setup: placed,
  assertDone: async (fixture: Fixture) => {
    const volume = await volumeOf(fixture)
    expect(volume).toMatchObject({
      status: 'available',
      failure: null,
      place: { simulated: true },
      zone: 'nova',
    })
    expect(await driver.list()).toContain(volume.id)
    const { secret, passphrase } = storedVolume(cloud.services, volume)
    expect(secret).toHaveLength(16)
    // 32 bytes, as text: QEMU takes no other.
    expect(Buffer.from(passphrase ?? '', 'base64').toString()).toMatch(/^[0-9a-f]{64}$/)
    expect(() => sealOf({ home: directory }).open(volume.sealedKey!, 'volume key')).toThrow('another key')
    await expectTrueCounters(fixture)
  },
  assertClean: async (fixture) => {
    expect(await volumeOf(fixture)).toMatchObject({ status: 'error', place: null })
    expect(await driver.list()).not.toContain(fixture.volumeId)
  },
})

testSaga(volumeDelete(none), {
  sagaFor: () => volumeDelete(deps),
  setup: async () => {
    const fixture = await withSnapshot()
    await run(volumeSnapshot(deps), fixture.operationId)
    const { operationId } = await deleteVolume({
      ctx: fixture.ctx,
      input: { id: fixture.volumeId, cascade: true },
    })
    return { ...fixture, operationId }
  },
  assertDone: async (fixture: Fixture) => {
    expect(await cloud.db.volume.count({ where: { id: fixture.volumeId } })).toBe(0)
    expect(await cloud.db.volumeSnapshot.count({ where: { volumeId: fixture.volumeId } })).toBe(0)
    expect(await driver.list()).not.toContain(fixture.volumeId)
    const used = await cloud.db.quotaUsage.findMany({
      where: { scopeId: fixture.projectId, used: { gt: 0 } },
    })
    expect(used).toEqual([])
    await expectTrueCounters(fixture)
  },
  // A delete is not taken back: what could not be finished can be asked for again.
  assertClean: async (fixture) => expect(await volumeOf(fixture)).toMatchObject({ status: 'error_deleting' }),
})

testSaga(volumeExtend(none), {
  sagaFor: () => volumeExtend(deps),
  setup: async () => {
    const fixture = await made()
    const { operationId } = await extendVolume({
      ctx: fixture.ctx,
      input: { id: fixture.volumeId, sizeGib: 5 },
    })
    return { ...fixture, operationId }
  },
  assertDone: async (fixture: Fixture) => {
    expect(await volumeOf(fixture)).toMatchObject({ status: 'available', sizeGib: 5, previousStatus: null })
    await expectTrueCounters(fixture)
  },
  assertClean: async (fixture) => {
    expect(await volumeOf(fixture)).toMatchObject({ status: 'error_extending', sizeGib: 2 })
    await expectTrueCounters(fixture)
  },
})

testSaga(volumeSnapshot(none), {
  sagaFor: () => volumeSnapshot(deps),
  setup: withSnapshot,
  assertDone: async ({ snapshotId }: Fixture & { snapshotId: string }) =>
    expect(await cloud.db.volumeSnapshot.findUniqueOrThrow({ where: { id: snapshotId } })).toMatchObject({
      status: 'available',
      place: { simulated: true },
    }),
  assertClean: async ({ snapshotId }) =>
    expect(await cloud.db.volumeSnapshot.findUniqueOrThrow({ where: { id: snapshotId } })).toMatchObject({
      status: 'error',
    }),
})

testSaga(volumeUpload(none), {
  sagaFor: () => volumeUpload(deps),
  setup: async () => {
    const fixture = await made()
    await cloud.db.volume.update({
      where: { id: fixture.volumeId },
      data: { status: 'in_use', encrypted: false },
    })
    const { operationId, imageId } = await uploadVolumeToImage({
      ctx: fixture.ctx,
      input: { id: fixture.volumeId, name: 'of a volume', force: true },
    })
    return { ...fixture, operationId, imageId }
  },
  assertDone: async (fixture: Fixture & { imageId: string }) => {
    expect(await volumeOf(fixture)).toMatchObject({ status: 'in_use', previousStatus: null })
    expect(await cloud.db.image.findUniqueOrThrow({ where: { id: fixture.imageId } })).toMatchObject({
      status: 'active',
      diskFormat: 'qcow2',
      virtualSize: BigInt(2 * 1024 ** 3),
      minDiskGib: 2,
    })
    expect(await driver.snapshotsOf(fixture.volumeId)).toEqual([])
  },
  assertClean: async (fixture) => {
    expect(await volumeOf(fixture)).toMatchObject({ status: 'in_use', previousStatus: null })
    expect(await cloud.db.image.findUnique({ where: { id: fixture.imageId } })).toMatchObject({
      status: 'deleted',
    })
    expect(await driver.snapshotsOf(fixture.volumeId)).toEqual([])
  },
})

testSaga(volumeRetype(none), {
  sagaFor: () => volumeRetype(deps),
  setup: async () => {
    const fixture = await made()
    const before = await volumeOf(fixture)
    const to = await makeVolumeType(cloud, {
      encryption: { provider: 'luks' },
      extraSpecs: {
        volume_backend_name: `${hostName}@${before.backendId === secondId ? 'simulated' : 'second'}`,
      },
    })
    const input = { id: fixture.volumeId, typeId: to.name }
    await expect(retypeVolume({ ctx: fixture.ctx, input })).rejects.toMatchObject({ code: 'conflict' })
    const { operationId } = await retypeVolume({
      ctx: fixture.ctx,
      input: { ...input, migrationPolicy: 'on-demand' },
    })
    return { ...fixture, operationId: operationId!, to: to.id, from: before.backendId }
  },
  assertDone: async (fixture: Fixture & { to: string; from: string | null }) => {
    const volume = await volumeOf(fixture)
    expect(volume).toMatchObject({ status: 'available', typeId: fixture.to, migrationStatus: 'success' })
    expect(volume.backendId).not.toBe(fixture.from)
    expect(await holders(fixture.volumeId)).toEqual([volume.backendId === secondId ? 'second' : 'simulated'])
    await expectTrueCounters(fixture)
  },
  assertClean: async (fixture) => {
    expect(await volumeOf(fixture)).toMatchObject({
      status: 'available',
      migrationStatus: 'error',
      backendId: fixture.from,
    })
    expect(await holders(fixture.volumeId)).toEqual([fixture.from === secondId ? 'second' : 'simulated'])
    await expectTrueCounters(fixture)
  },
})

test('a type that the back end does for is taken at once, with its limits and quota', async () => {
  const fixture = await made()
  const qos = await cloud.db.volumeQosSpec.create({
    data: { id: newId(), name: 'slow', specs: { total_iops_sec_per_gb: '10' } },
  })
  const to = await makeVolumeType(cloud, { encryption: { provider: 'luks' }, qosSpecId: qos.id })
  const { operationId } = await retypeVolume({
    ctx: fixture.ctx,
    input: { id: fixture.volumeId, typeId: to.id },
  })
  expect(operationId).toBeNull()
  expect(await volumeOf(fixture)).toMatchObject({ typeId: to.id, limits: { totalIops: 20 } })
  await expectTrueCounters(fixture)
})

test('a volume is reverted to its newest snapshot, which is then deleted', async () => {
  const fixture = await withSnapshot()
  await run(volumeSnapshot(deps), fixture.operationId)
  const { ctx, volumeId: id, snapshotId } = fixture
  const reverted = await revertVolume({ ctx, input: { id, snapshotId } })
  await expect(deleteVolumeSnapshot({ ctx, input: { id: snapshotId } })).rejects.toMatchObject({
    code: 'conflict',
  })
  await run(volumeRevert(deps), reverted.operationId)
  expect(await volumeOf(fixture)).toMatchObject({ status: 'available', previousStatus: null })
  const deleted = await deleteVolumeSnapshot({ ctx, input: { id: snapshotId } })
  await run(volumeSnapshotDelete(deps), deleted.operationId)
  expect(await cloud.db.volumeSnapshot.count({ where: { id: snapshotId } })).toBe(0)
  await expectTrueCounters(fixture)
})

test('only the host of the instance is let in, and it is shut out again', async () => {
  const { ctx, volumeId, projectId } = await made()
  const host = await makeHost(cloud, { name: 'compute-a' })
  const { id: instanceId } = await makeInstance(cloud, { projectId, hostId: host.id })
  const attachment = await mutate(ctx, (tx) =>
    reserveVolume(tx, { volumeId, instanceId, projectId, mode: 'ro' }),
  )
  const connector = { hostName: 'compute-a', ip: null, initiator: 'iqn.test', instanceId }
  const request = { attachmentId: attachment.id, connector }
  await expect(
    connectVolume(deps, { ...request, connector: { ...connector, hostName: 'another' } }, 'another'),
  ).rejects.toMatchObject({ code: 'forbidden' })
  // Nor is another one told how the host of the instance gets in.
  await expect(connectVolume(deps, request, 'another')).rejects.toMatchObject({ code: 'forbidden' })
  expect(await connectVolume(deps, request, 'compute-a')).toMatchObject({
    volumeId,
    route: { kind: 'simulated' },
    sizeBytes: 2 * 1024 ** 3,
    readOnly: true,
  })
  await mutate(ctx, (tx) => completeAttachment(tx, attachment.id))
  expect(await driver.connectedTo(volumeId)).toEqual([`compute-a ${instanceId}`])
  await expect(disconnectVolume(deps, { ...request, volumeId }, 'another')).rejects.toMatchObject({
    code: 'forbidden',
  })
  await disconnectVolume(deps, { ...request, volumeId }, 'compute-a')
  expect(await driver.connectedTo(volumeId)).toEqual([])
  expect(await cloud.db.volumeAttachment.findUniqueOrThrow({ where: { id: attachment.id } })).toMatchObject({
    hostName: null,
    status: 'attached',
  })
})

test('a volume for which there is no back end is in error, says why, and can be deleted', async () => {
  const { ctx } = await makeTenant(cloud)
  const narrow = await makeVolumeType(cloud, { extraSpecs: { volume_backend_name: 'tape' } })
  const { operationId, volume } = await createVolume({ ctx, input: { sizeGib: 1, typeId: narrow.id } })
  await scheduleVolume(systemCtx(cloud.services, 'test'), { operationId, volumeId: volume.id })
  const { status, failure } = await cloud.db.volume.findUniqueOrThrow({ where: { id: volume.id } })
  expect(status).toBe('error')
  expect(failure).toContain('needed: tape')
  expect(await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })).toMatchObject({
    status: 'failed',
    errorCode: 'no_valid_host',
    errorDetail: {
      verdicts: ['second', 'simulated'].map((name) => ({
        backend: `${hostName}@${name}`,
        filter: 'back-end',
        need: 'tape',
      })),
    },
  })
  const deleted = await deleteVolume({ ctx, input: { id: volume.id } })
  await run(volumeDeleteUnplaced(cloud.services), deleted.operationId)
  expect(await cloud.db.volume.count({ where: { id: volume.id } })).toBe(0)
})
