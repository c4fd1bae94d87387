import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createVolumeBackup,
  createVolumeSnapshot,
  deleteVolumeBackup,
  findQuotaDrift,
  imageStore,
  removeOrphanBackupObjects,
  restoreVolumeBackup,
  scheduleVolume,
  settleStuckVolumes,
  showVolumeBackup,
  systemCtx,
} from '@nephos/core'
import { createTestCloud, makeTenant, makeVolume, makeVolumeType, type TestCloud } from '@nephos/core/testing'
import { newId } from '@nephos/db'
import { runSaga, type Saga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KeyedLock } from '../../compute/drivers/keyed-lock.ts'
import { backupDelete } from '../../image/backup-delete.ts'
import { VolumeBackends } from '../backends.ts'
import type { VolumeDeps } from '../deps.ts'
import type { DiskReader, DiskWriter, StoredVolume, VolumeSource, VolumeWork } from '../driver.ts'
import { SimulatedVolumes } from '../drivers/simulated.ts'
import { volumeBackup } from './volume-backup.ts'
import { volumeCreate } from './volume-create.ts'
import { volumeRestore } from './volume-restore.ts'
import { volumeSnapshot } from './volume-snapshot.ts'

const hostName = 'host1'
const log = pino({ level: 'silent' })
const sector = 512
const gib = 1024 ** 3

/** Keeps the first sector of each disk, and of each snapshot; the rest of a disk is zero. */
class SmallDisks extends SimulatedVolumes {
  readonly sectors = new Map<string, Buffer>()

  override async create(volume: StoredVolume, source: VolumeSource, work: VolumeWork): Promise<unknown> {
    if (source.kind === 'pieces')
      for await (const { offset, bytes } of source.pieces()) {
        expect(offset).toBe(0)
        this.sectors.set(volume.volumeId, Buffer.from(bytes.subarray(0, sector)))
      }
    return super.create(volume, source, work)
  }

  override async snapshot(volume: StoredVolume, snapshotId: string): Promise<unknown> {
    const now = this.sectors.get(volume.volumeId)
    if (now) this.sectors.set(snapshotId, Buffer.from(now))
    return super.snapshot(volume, snapshotId)
  }

  override async reader(volume: StoredVolume, snapshot?: { snapshotId: string }): Promise<DiskReader> {
    const now = this.sectors.get(snapshot?.snapshotId ?? volume.volumeId) ?? Buffer.alloc(sector)
    return {
      ...(await super.reader(volume)),
      extents: async function* () {
        yield { offset: 0, length: sector }
      },
      read: async (_offset, length) => Buffer.concat([now], length),
    }
  }

  override async writer(volume: StoredVolume): Promise<DiskWriter> {
    const writer = await super.writer(volume)
    return {
      ...writer,
      write: async (offset, bytes) => {
        expect(offset).toBe(0)
        this.sectors.set(volume.volumeId, Buffer.from(bytes.subarray(0, sector)))
      },
    }
  }
}

let cloud: TestCloud
let deps: VolumeDeps
let driver: SmallDisks
let directory: string
let typeId: string
let backendId: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nephos-backups-'))
  cloud = await createTestCloud()
  driver = new SmallDisks({ directory, totalBytes: 1024 ** 4 })
  const backends = new VolumeBackends(cloud.services, hostName, log, [{ name: 'simulated', driver }])
  await backends.report()
  deps = { services: cloud.services, backends, hostName, log, lock: new KeyedLock() }
  const name = `${hostName}@simulated`
  backendId = (await cloud.db.volumeBackend.findUniqueOrThrow({ where: { name } })).id
  typeId = (await makeVolumeType(cloud)).id
})
afterAll(async () => {
  await cloud.close()
  await rm(directory, { recursive: true, force: true })
})

const run = <S>(saga: Saga<S>, operationId: string) =>
  runSaga(testTools(cloud.db), saga, operationId, { last: true })
const volumeOf = (id: string) => cloud.db.volume.findUniqueOrThrow({ where: { id } })
const backupOf = (id: string) => cloud.db.volumeBackup.findUniqueOrThrow({ where: { id } })
const fill = (id: string, word: string) => driver.sectors.set(id, Buffer.alloc(sector, word))
const holds = (id: string) => driver.sectors.get(id)?.toString().slice(0, 4)

/** Keys of the objects that a backup has in the store. */
async function objectsOf(backupId: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of imageStore(cloud.config).list()) if (key.includes(backupId)) keys.push(key)
  return keys.sort()
}
const expectTrueCounters = async (projectId: string) =>
  expect(
    (await findQuotaDrift(cloud.db)).filter(
      // The volume was made by the test.
      ({ scopeId, resource }) => scopeId === projectId && resource.startsWith('backup'),
    ),
  ).toEqual([])

async function made(word = 'once') {
  const { ctx, project } = await makeTenant(cloud)
  const { id } = await makeVolume(cloud, { projectId: project.id, typeId, backendId, name: 'data' })
  await driver.create(
    { volumeId: id, sizeBytes: gib, place: null, secret: null, passphrase: null },
    { kind: 'blank' },
    { signal: new AbortController().signal, onProgress: () => {} },
  )
  fill(id, word)
  return { db: cloud.db, ctx, projectId: project.id, volumeId: id }
}

type Made = Awaited<ReturnType<typeof made>>
const backUp = async ({ ctx, volumeId }: Made, input: object = {}) => {
  const { operationId, backup } = await createVolumeBackup({ ctx, input: { volumeId, ...input } })
  return { operationId, backupId: backup.id }
}
const backedUp = async (fixture: Made, input: object = {}) => {
  const begun = await backUp(fixture, input)
  await run(volumeBackup(deps), begun.operationId)
  expect(await backupOf(begun.backupId)).toMatchObject({ status: 'available', failure: null })
  return begun.backupId
}
const none = {} as VolumeDeps

testSaga(volumeBackup(none), {
  sagaFor: () => volumeBackup(deps),
  setup: async () => {
    const fixture = await made()
    const parentId = await backedUp(fixture)
    fill(fixture.volumeId, 'more')
    await cloud.db.volume.update({ where: { id: fixture.volumeId }, data: { status: 'in_use' } })
    return { ...fixture, parentId, ...(await backUp(fixture, { incremental: true, force: true })) }
  },
  assertDone: async (fixture: SagaFixture & Made & { backupId: string; parentId: string }) => {
    const { backupId } = fixture
    expect(await backupOf(backupId)).toMatchObject({
      status: 'available',
      parentId: fixture.parentId,
      objectCount: 1,
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(await objectsOf(backupId)).toHaveLength(2)
    expect(await volumeOf(fixture.volumeId)).toMatchObject({ status: 'in_use', previousStatus: null })
    expect(await driver.snapshotsOf(fixture.volumeId)).toEqual([])
    await expectTrueCounters(fixture.projectId)
  },
  assertClean: async ({ backupId, volumeId }) => {
    expect(await backupOf(backupId)).toMatchObject({ status: 'error', objectCount: 0 })
    expect(await objectsOf(backupId)).toEqual([])
    expect(await volumeOf(volumeId)).toMatchObject({ status: 'in_use', previousStatus: null })
    expect(await driver.snapshotsOf(volumeId)).toEqual([])
  },
})

testSaga(volumeRestore(none), {
  sagaFor: () => volumeRestore(deps),
  setup: async () => {
    const fixture = await made()
    const backupId = await backedUp(fixture)
    fill(fixture.volumeId, 'gone')
    const { operationId } = await restoreVolumeBackup({
      ctx: fixture.ctx,
      input: { id: backupId, volumeId: fixture.volumeId },
    })
    expect(await backupOf(backupId)).toMatchObject({ status: 'restoring' })
    return { ...fixture, backupId, operationId }
  },
  assertDone: async ({ volumeId, backupId }: SagaFixture & Made & { backupId: string }) => {
    expect(holds(volumeId)).toBe('once')
    expect(await volumeOf(volumeId)).toMatchObject({ status: 'available', previousStatus: null })
    expect(await backupOf(backupId)).toMatchObject({ status: 'available' })
  },
  // What was on it is gone: it says so.
  assertClean: async ({ volumeId, backupId }) => {
    expect(await volumeOf(volumeId)).toMatchObject({ status: 'error_restoring' })
    expect(await backupOf(backupId)).toMatchObject({ status: 'available' })
  },
})

testSaga(backupDelete({} as never), {
  sagaFor: () => backupDelete(cloud.services),
  setup: async () => {
    const fixture = await made()
    const backupId = await backedUp(fixture)
    const { operationId } = await deleteVolumeBackup({ ctx: fixture.ctx, input: { id: backupId } })
    return { ...fixture, backupId, operationId }
  },
  assertDone: async ({ backupId, projectId }: SagaFixture & Made & { backupId: string }) => {
    expect(await cloud.db.volumeBackup.count({ where: { id: backupId } })).toBe(0)
    expect(await objectsOf(backupId)).toEqual([])
    await expectTrueCounters(projectId)
  },
  assertClean: async ({ backupId }) =>
    expect(await backupOf(backupId)).toMatchObject({ status: 'error_deleting' }),
})

test('a chain is shown, restored to a new volume, and deleted from its end', async () => {
  const fixture = await made('full')
  const { ctx, volumeId } = fixture
  const full = await backedUp(fixture)
  fill(volumeId, 'snap')
  const taken = await createVolumeSnapshot({ ctx, input: { volumeId } })
  await run(volumeSnapshot(deps), taken.operationId)
  fill(volumeId, 'last')
  const snapshotId = taken.snapshot.id
  const begun = await backUp(fixture, { snapshotId, incremental: true })
  const statusOf = async () =>
    (await cloud.db.volumeSnapshot.findUniqueOrThrow({ where: { id: snapshotId } })).status
  expect(await statusOf()).toBe('backing_up')
  expect((await volumeOf(volumeId)).status).toBe('available')
  await run(volumeBackup(deps), begun.operationId)
  expect(await statusOf()).toBe('available')
  const last = await backedUp(fixture, { incremental: true })

  expect(await showVolumeBackup({ ctx, input: { id: begun.backupId } })).toMatchObject({
    incremental: true,
    childCount: 1,
    parents: [{ id: full, incremental: false }],
    children: [{ id: last }],
  })
  const refusal = { code: 'conflict', message: 'An incremental backup builds on this one.' }
  await expect(deleteVolumeBackup({ ctx, input: { id: full } })).rejects.toMatchObject(refusal)

  const restored = await restoreVolumeBackup({ ctx, input: { id: begun.backupId, sizeGib: 3 } })
  expect(restored.volume).toMatchObject({ name: 'data', sizeGib: 3, backupId: begun.backupId, typeId })
  // It is read: it stays until that is done.
  await cloud.db.volumeBackup.update({ where: { id: last }, data: { parentId: null } })
  await expect(deleteVolumeBackup({ ctx, input: { id: begun.backupId } })).rejects.toMatchObject({
    code: 'conflict',
    message: 'Cannot delete the backup while it is restoring. It must be available or error.',
  })
  const { operationId, volume } = restored
  await scheduleVolume(systemCtx(cloud.services, 'test'), { operationId, volumeId: volume.id })
  await run(volumeCreate(deps), operationId)
  expect(await volumeOf(volume.id)).toMatchObject({ status: 'available' })
  expect(holds(volume.id)).toBe('snap')
  expect(await backupOf(begun.backupId)).toMatchObject({ status: 'available' })
  await expectTrueCounters(fixture.projectId)
})

test('what work that has died leaves is freed, and objects that no backup owns are removed', async () => {
  const fixture = await made()
  const { operationId, backupId } = await backUp(fixture)
  const stranger = `backup-${newId()}-00000000`
  await imageStore(cloud.config).put(
    stranger,
    (async function* () {
      yield Buffer.from('left')
    })(),
  )
  await cloud.db.operation.update({ where: { id: operationId }, data: { status: 'failed' } })
  const past = new Date(Date.now() - 3_600_000)
  const ctx = systemCtx(cloud.services, 'test')
  await cloud.db.volumeBackup.update({ where: { id: backupId }, data: { updatedAt: past } })
  await cloud.db.volume.update({ where: { id: fixture.volumeId }, data: { updatedAt: past } })
  expect(await settleStuckVolumes(ctx)).toEqual(expect.arrayContaining([backupId, fixture.volumeId]))
  expect(await backupOf(backupId)).toMatchObject({ status: 'error' })
  expect(await volumeOf(fixture.volumeId)).toMatchObject({ status: 'available', previousStatus: null })
  const kept = await backedUp(fixture)
  const later = { now: new Date(Date.now() + 3_600_000) }
  expect(await removeOrphanBackupObjects(cloud.services, later)).toBe(1)
  expect(await objectsOf(kept)).toHaveLength(2)
})
