import { createHash, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Ctx,
  createVolume,
  createVolumeBackup,
  imageStore,
  restoreVolumeBackup,
  scheduleVolume,
  systemCtx,
} from '@nephos/core'
import { createTestCloud, makeTenant, makeVolumeType, type TestCloud } from '@nephos/core/testing'
import { runSaga, type Saga } from '@nephos/jobs'
import { testTools } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeyedLock } from '../../compute/drivers/keyed-lock.ts'
import { ensureUser } from '../../compute/drivers/qemu/user.ts'
import { VolumeBackends } from '../backends.ts'
import type { VolumeDeps } from '../deps.ts'
import { detectVolumes } from '../detect.ts'
import { volumeBackup } from '../sagas/volume-backup.ts'
import { volumeCreate } from '../sagas/volume-create.ts'
import { volumeRestore } from '../sagas/volume-restore.ts'
import { storedVolume } from '../stored.ts'
import { makeStorageDriver } from './make.ts'
import type { StorageDriver } from './storage/driver.ts'

const mib = 1024 ** 2
const hostName = 'here'
const tag = randomBytes(4).toString('hex')
const sockets = `/run/nephos/test-${tag}-backup`
const log = pino({ level: 'silent' })
const detection = await detectVolumes({
  backends: ['local'],
  computeDriver: 'qemu',
  volumeUser: 'nephos-volume',
  aoeInterface: null,
})

/** Where storage programs cannot work there is nothing to test them with; `./nephos doctor` says why. */
describe.skipIf(!detection.chosen.includes('local'))('backups of real disks', { timeout: 120_000 }, () => {
  let cloud: TestCloud
  let root: string
  let driver: StorageDriver
  let deps: VolumeDeps
  let ctx: Ctx
  let plain: string
  let encrypted: string

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nephos-backup-'))
    await chmod(root, 0o755)
    cloud = await createTestCloud()
    driver = makeStorageDriver(
      'local',
      {
        directory: join(root, 'local'),
        sockets,
        cacheDir: join(root, 'cache'),
        ...{ hostName, name: 'local', user: await ensureUser('nephos-volume') },
        secretOf: async () => null,
        log: { warn: () => {} },
      },
      {
        ...{ client: await ensureUser('nephos-qemu'), host: '127.0.0.1', netns: null, reach: null },
        ...{ iscsiPort: 3260, ready: async () => {}, aoe: null },
      } as never,
    )
    await driver.open()
    const backends = new VolumeBackends(cloud.services, hostName, log, [{ name: 'local', driver }])
    await backends.report()
    deps = { services: cloud.services, backends, hostName, log, lock: new KeyedLock() }
    ctx = (await makeTenant(cloud)).ctx
    plain = (await makeVolumeType(cloud)).id
    encrypted = (await makeVolumeType(cloud, { encryption: { provider: 'luks' } })).id
  }, 60_000)
  afterAll(async () => {
    await driver?.close()
    await driver?.end()
    await cloud?.close()
    rmSync(root, { recursive: true, force: true })
    rmSync(sockets, { recursive: true, force: true })
  })

  const run = async <S>(saga: Saga<S>, operationId: string) => {
    await runSaga(testTools(cloud.db), saga, operationId, { last: true })
    const { errorMessage } = await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })
    expect(errorMessage).toBeNull()
  }
  const stored = async (id: string) =>
    storedVolume(cloud.services, await cloud.db.volume.findUniqueOrThrow({ where: { id } }))
  async function made(begun: { operationId: string; volume: { id: string } }): Promise<string> {
    const { operationId, volume } = begun
    await scheduleVolume(systemCtx(cloud.services, 'test'), { operationId, volumeId: volume.id })
    await run(volumeCreate(deps), operationId)
    return volume.id
  }
  async function write(id: string, pieces: readonly { at: number; bytes: Buffer }[]): Promise<void> {
    const writer = await driver.writer(await stored(id))
    for (const { at, bytes } of pieces) await writer.write(at, bytes)
    await writer.flush()
    await writer.close()
  }
  /** SHA-256 of the first so many bytes of the disk as it is stored, which is mostly zero. */
  async function digest(id: string, length: number): Promise<string> {
    const reader = await driver.reader(await stored(id))
    const hash = createHash('sha256')
    const zeros = Buffer.alloc(mib)
    for await (const { offset, length: run } of reader.extents())
      for (let at = Math.floor(offset / mib) * mib; at < Math.min(offset + run, length); at += mib) {
        const bytes = await reader.read(at, Math.min(mib, length - at))
        if (!bytes.equals(zeros.subarray(0, bytes.length))) hash.update(`${at}\n`).update(bytes)
      }
    await reader.close()
    return hash.digest('hex')
  }
  async function backUp(volumeId: string, incremental = false) {
    const { operationId, backup } = await createVolumeBackup({ ctx, input: { volumeId, incremental } })
    await run(volumeBackup(deps), operationId)
    return cloud.db.volumeBackup.findUniqueOrThrow({ where: { id: backup.id } })
  }

  it.each(['plain', 'encrypted'])('restore a volume that is %s', async (kind) => {
    const typeId = kind === 'plain' ? plain : encrypted
    const id = await made(await createVolume({ ctx, input: { sizeGib: 1, typeId } }))
    const reader = await driver.reader(await stored(id))
    const { sizeBytes } = reader
    await reader.close()
    expect(sizeBytes > 1024 * mib).toBe(kind === 'encrypted')
    await write(id, [
      { at: 20 * mib + 4096, bytes: randomBytes(5 * mib) },
      { at: sizeBytes - 512, bytes: Buffer.alloc(512, 7) },
    ])
    const before = await digest(id, sizeBytes)
    const full = await backUp(id)
    await write(id, [
      { at: 22 * mib, bytes: randomBytes(4096) },
      { at: 600 * mib, bytes: randomBytes(2 * mib) },
    ])
    const after = await digest(id, sizeBytes)
    const second = await backUp(id, true)
    expect(Number(full.storedBytes)).toBeGreaterThan(5 * mib)
    // The chunk that changed, and the new ones.
    expect(Number(second.storedBytes)).toBeLessThan(4.2 * mib)

    const copy = await made(await restoreVolumeBackup({ ctx, input: { id: second.id, sizeGib: 2 } }))
    expect(await digest(copy, sizeBytes)).toBe(after)
    expect((await stored(copy)).passphrase).toBe((await stored(id)).passphrase)

    const over = await restoreVolumeBackup({ ctx, input: { id: full.id, volumeId: copy } })
    await run(volumeRestore(deps), over.operationId)
    expect(await digest(copy, sizeBytes)).toBe(before)

    const key = `backup-${full.id}-00000000`
    const store = imageStore(cloud.config)
    await store.delete(key)
    await store.put(
      key,
      (async function* () {
        yield Buffer.alloc(Number(full.storedBytes), 1)
      })(),
    )
    const broken = await restoreVolumeBackup({ ctx, input: { id: second.id, volumeId: copy } })
    await runSaga(testTools(cloud.db), volumeRestore(deps), broken.operationId, { last: true })
    expect(await cloud.db.volume.findUniqueOrThrow({ where: { id: copy } })).toMatchObject({
      status: 'error_restoring',
      failure: expect.stringContaining('The backup is damaged'),
    })
  })
})
