import { execFileSync } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VolumeConnector, VolumeRoute } from '@nephos/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readIdentity } from '../../compute/drivers/qemu/process-identity.ts'
import { ensureUser, openDevice, type QemuUser } from '../../compute/drivers/qemu/user.ts'
import { ensureNamespace, removeNamespace } from '../../network/drivers/linux/namespaces.ts'
import { detectVolumes } from '../detect.ts'
import type { DiskReader, StoredVolume, VolumeSource } from '../driver.ts'
import { QemuIo } from '../testing/qemu-io.ts'
import { makeStorageDriver, type StorageKind } from './make.ts'
import type { StorageDriver } from './storage/driver.ts'

const mib = 1024 ** 2
const gib = 1024 ** 3
const detection = await detectVolumes({
  backends: ['auto', 'aoe'],
  computeDriver: 'qemu',
  volumeUser: 'nephos-volume',
  aoeInterface: 'lo',
})
const works = (kind: StorageKind) => detection.chosen.includes(kind)
const tag = randomBytes(4).toString('hex')
const netns = `nephos-vt-${tag}`

const work = () => ({ signal: AbortSignal.timeout(60_000), onProgress: () => {} })
const patternAt = async (reader: DiskReader, offset: number, length = mib) =>
  new Set(await reader.read(offset, length))

/** Where storage programs cannot work there is nothing to test them with; `./nephos doctor` says why. */
describe.skipIf(!works('local'))('volumes as files', { timeout: 120_000 }, () => {
  let root: string
  let users: { volume: QemuUser | null; qemu: QemuUser | null }
  const secrets = new Map<string, string>()
  const drivers: StorageDriver[] = []
  const clients: QemuIo[] = []

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nephos-volumes-'))
    await chmod(root, 0o755)
    users = { volume: await ensureUser('nephos-volume'), qemu: await ensureUser('nephos-qemu') }
    await openDevice('/dev/fuse')
    await ensureNamespace(netns)
  })
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()))
    for (const driver of drivers) {
      await driver.close()
      await driver.end()
    }
    await removeNamespace(netns)
    rmSync(root, { recursive: true, force: true })
    for (const name of readdirSync('/run/nephos'))
      if (name.includes(tag)) rmSync(`/run/nephos/${name}`, { recursive: true })
  })

  const socketsOf = (kind: StorageKind) => `/run/nephos/test-${tag}-${kind}`
  async function open(kind: StorageKind): Promise<StorageDriver> {
    const driver = makeStorageDriver(
      kind,
      {
        directory: join(root, kind),
        sockets: socketsOf(kind),
        cacheDir: join(root, 'cache'),
        ...{ hostName: 'here', name: kind, user: users.volume },
        secretOf: async (volumeId) => secrets.get(volumeId) ?? null,
        log: { warn: (detail, message) => console.warn(message, detail) },
      },
      {
        ...{
          client: users.qemu,
          host: '127.0.0.1',
          netns,
          reach: null,
          iscsiPort: 3260,
          ready: async () => {},
        },
        aoe: { interface: 'lo', netns },
      },
    )
    await driver.open()
    drivers.push(driver)
    return driver
  }
  async function reopen(driver: StorageDriver): Promise<StorageDriver> {
    await driver.close()
    drivers.splice(drivers.indexOf(driver), 1)
    return open(driver.kind as StorageKind)
  }
  function volumeOf(sizeBytes: number, passphrase: string | null = null): StoredVolume {
    const volume = {
      volumeId: randomUUID(),
      sizeBytes,
      place: null,
      secret: randomBytes(16).toString('hex'),
      passphrase,
    }
    secrets.set(volume.volumeId, volume.secret)
    return volume
  }
  const connectorOf = (name = 'one', hostName = 'here'): VolumeConnector => ({
    ...{ hostName, ip: null, instanceId: randomUUID() },
    initiator: `iqn.2026-01.org.nephos:${name}`,
  })
  async function client(route: VolumeRoute, user = users.qemu): Promise<QemuIo> {
    const opened = await QemuIo.open(route, { netns, directory: root, user })
    clients.push(opened)
    return opened
  }
  /** Processes of a program that say this on their command line. */
  const processes = (program: string, words: string) =>
    readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .filter((pid) => {
        const line = (() => {
          try {
            return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          } catch {
            return ''
          }
        })()
        return line.split('\0')[0]!.endsWith(program) && line.includes(words)
      })
      .map(Number)
  const killed = (program: string, words: string) => {
    const pids = processes(program, words)
    expect(pids.length).toBeGreaterThan(0)
    for (const pid of pids) process.kill(pid, 'SIGKILL')
  }
  const nothingIsLeft = async (driver: StorageDriver, { volumeId }: StoredVolume) => {
    await driver.delete({ volumeId, sizeBytes: 0, place: null, secret: null, passphrase: null })
    expect(await driver.list()).not.toContain(volumeId)
    expect(readdirSync(join(root, driver.kind)).filter((name) => name.includes(volumeId))).toEqual([])
    expect(
      readdirSync(socketsOf(driver.kind as StorageKind)).filter((name) => name.includes(volumeId)),
    ).toEqual([])
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(volumeId)
    expect(processes('qemu-storage-daemon', volumeId)).toEqual([])
  }

  const kinds = ['local', 'nbd', 'iscsi'] as const
  // They wait for connections to come back most of the time.
  it.concurrent.for(kinds.filter(works))('live through all of their life: %s', async (kind, { expect }) => {
    let driver = await open(kind)
    const volume = volumeOf(64 * mib)
    await driver.create(volume, { kind: 'blank' }, work())
    await driver.create(volume, { kind: 'blank' }, work())
    const me = connectorOf()
    const route = await driver.connect(volume, me)
    expect(await driver.connect(volume, me)).toEqual(route)
    const guest = await client(route)
    await guest.write(1, '0', '4M')

    // Who does not know the secret, or is somebody else, stays out.
    if (route.kind === 'iscsi') {
      await expect(client({ ...route, password: 'wrong-password-1' })).rejects.toThrow(/Authentication/)
      await expect(client({ ...route, initiator: 'iqn.2026-01.org.nephos:two' })).rejects.toThrow()
    } else if (route.kind === 'nbd' && route.psk) {
      await expect(client({ ...route, psk: { ...route.psk, key: 'ab'.repeat(32) } })).rejects.toThrow(/TLS/)
      await expect(client({ ...route, psk: undefined })).rejects.toThrow(/TLS/)
    } else await expect(client(route, { name: 'x', uid: 65_533, gid: 65_533 })).rejects.toThrow(/denied/)

    // A snapshot while the guest writes: what it wrote before is in it, what it writes afterwards is not.
    const snapshotId = randomUUID()
    let writing = true
    const busy = (async () => {
      while (writing) await guest.write(7, '32M', '256k')
    })()
    const snapshotPlace = await driver.snapshot(volume, snapshotId)
    await driver.snapshot(volume, snapshotId)
    writing = false
    await busy
    await guest.write(2, '0', '4M')

    // It grows under the guest.
    await driver.extend(volume, 128 * mib)
    await expect.poll(() => guest.resize(128 * mib), { timeout: 20_000 }).toBe(true)
    await guest.write(3, '100M', '1M')

    // Another worker finds everything as it was.
    const before = processes('qemu-storage-daemon', volume.volumeId)
    driver = await reopen(driver)
    await guest.write(4, '101M', '1M')
    expect(processes('qemu-storage-daemon', volume.volumeId)).toEqual(before)
    expect(before).toHaveLength(1)

    // What is killed comes back by itself, and the guest goes on where it was.
    if (kind === 'iscsi') process.kill(readIdentity(`${socketsOf(kind)}/tgt/tgtd.process`)!.pid, 'SIGKILL')
    else killed('qemu-storage-daemon', volume.volumeId)
    await guest.write(5, '102M', '1M')
    await guest.check(2, '0', '4M')
    if (kind === 'iscsi') {
      // The guest sees errors while its disk is gone, but the disk comes back.
      killed('qemu-storage-daemon', volume.volumeId)
      const again = () =>
        guest.check(5, '102M', '1M').then(
          () => true,
          () => false,
        )
      await expect.poll(again, { timeout: 30_000, interval: 200 }).toBe(true)
    }

    // A second one is let in and shut out again; the first does not notice.
    const other = connectorOf('two')
    const second = await client(await driver.connect(volume, other))
    await second.check(2, '0', '4M')
    await second.close()
    await driver.disconnect(volume, other)
    await driver.disconnect(volume, other)
    await guest.write(6, '103M', '1M')
    await expect(driver.revert(volume, snapshotId)).rejects.toMatchObject({ code: 'conflict' })
    await expect(driver.reader(volume)).rejects.toMatchObject({ code: 'conflict' })

    // Volumes are made of it while it is in use.
    const [fromSnapshot, fromVolume] = [volumeOf(80 * mib), volumeOf(256 * mib)]
    const extended = { ...volume, sizeBytes: 128 * mib }
    await driver.create(
      fromSnapshot,
      { kind: 'snapshot', volume: extended, snapshotId, snapshotPlace },
      work(),
    )
    await driver.create(fromVolume, { kind: 'volume', volume: extended }, work())

    await driver.disconnect(volume, me)
    await guest.close()
    expect(processes('qemu-storage-daemon', volume.volumeId)).toEqual([])
    const late = kind === 'local' ? /No such file/ : /refused|not.*find|failed/i
    await expect(client(route)).rejects.toThrow(late)

    const whole = await driver.reader(volume)
    expect(whole.sizeBytes).toBe(128 * mib)
    expect(await patternAt(whole, 103 * mib)).toEqual(new Set([6]))
    const extents = []
    for await (const extent of whole.extents()) extents.push(extent)
    expect(extents.map(({ offset }) => offset)).toContain(0)
    expect(extents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(20 * mib)
    await whole.close()
    for (const [of, size, first, late] of [
      [await driver.reader(volume, { snapshotId, place: snapshotPlace }), 64 * mib, 1, null],
      [await driver.reader(fromSnapshot), 80 * mib, 1, null],
      [await driver.reader(fromVolume), 256 * mib, 2, 6],
    ] as const) {
      expect(of.sizeBytes).toBe(size)
      expect(await patternAt(of, 0, 4 * mib)).toEqual(new Set([first]))
      if (late !== null) expect(await patternAt(of, 103 * mib)).toEqual(new Set([late]))
      await of.close()
    }

    // Back to the snapshot: its bytes, the volume's size.
    await driver.revert(extended, snapshotId)
    const reverted = await driver.reader(volume)
    expect(reverted.sizeBytes).toBe(128 * mib)
    expect(await patternAt(reverted, 0, 4 * mib)).toEqual(new Set([1]))
    expect(await patternAt(reverted, 100 * mib)).toEqual(new Set([0]))
    await reverted.close()
    await driver.deleteSnapshot(volume, snapshotId)
    await driver.deleteSnapshot(volume, snapshotId)
    await expect(driver.reader(volume, { snapshotId, place: snapshotPlace })).rejects.toThrow()
    for (const one of [volume, fromSnapshot, fromVolume]) await nothingIsLeft(driver, one)
  })

  it('are made of a cached image in less than a second, whatever the size', async () => {
    const driver = await open('local')
    const path = join(root, 'image.qcow2')
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, '64M'])
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 9 0 8M', path])
    const bytes = await readFile(path)
    let reads = 0
    const image: VolumeSource = {
      kind: 'image',
      sha512: createHash('sha512').update(bytes).digest('hex'),
      format: 'qcow2',
      sizeBytes: bytes.length,
      open: async () => {
        reads++
        return createReadStream(path)
      },
    }
    await driver.create(volumeOf(gib), image, work())
    const [volume, started] = [volumeOf(10 * gib), performance.now()]
    await driver.create(volume, image, work())
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(reads).toBe(1)

    // A snapshot of it, and a copy over the same image: only what differs is copied.
    const snapshotId = randomUUID()
    const writer = await driver.writer(volume)
    await writer.write(mib, Buffer.alloc(mib, 8))
    await writer.zero(2 * mib, mib)
    await writer.flush()
    await writer.close()
    await driver.snapshot(volume, snapshotId)
    const clone = volumeOf(10 * gib)
    await driver.create(clone, { kind: 'snapshot', volume, snapshotId, snapshotPlace: null }, work())
    expect(statSync(join(root, 'local', clone.volumeId, 'data/disk.qcow2')).blocks * 512).toBeLessThan(
      4 * mib,
    )
    // The base is the cached image itself, and stays when the cache drops it.
    rmSync(join(root, 'cache'), { recursive: true })
    const reader = await driver.reader(clone)
    expect(await patternAt(reader, 0)).toEqual(new Set([9]))
    expect(await patternAt(reader, mib)).toEqual(new Set([8]))
    expect(await patternAt(reader, 2 * mib)).toEqual(new Set([0]))
    expect(await patternAt(reader, 9 * gib)).toEqual(new Set([0]))
    await reader.close()
    await driver.open()
    await expect(driver.create(volumeOf(32 * mib), image, work())).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(driver.create({ ...volumeOf(mib), volumeId: '../x' }, image, work())).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await nothingIsLeft(driver, volume)
    await nothingIsLeft(driver, clone)
  })

  it('are encrypted, and nobody reads them without their key', async () => {
    const driver = await open('local')
    // QEMU wants text.
    const passphrase = Buffer.from(randomBytes(32).toString('hex')).toString('base64')
    await writeFile(join(root, 'key'), passphrase)
    const path = join(root, 'plain.raw')
    await writeFile(path, Buffer.concat([Buffer.alloc(mib, 'secret words '), Buffer.alloc(mib)]))
    const bytes = await readFile(path)
    const sha512 = createHash('sha512').update(bytes).digest('hex')
    const source: VolumeSource = {
      ...{ kind: 'image', sha512, format: 'raw', sizeBytes: bytes.length },
      open: async () => createReadStream(path),
    }
    const volume = volumeOf(16 * mib, passphrase)
    await driver.create(volume, source, work())
    const file = join(root, 'local', volume.volumeId, 'data/disk.qcow2')
    expect(readFileSync(file).includes('secret words')).toBe(false)
    const plain = (disk: string) =>
      execFileSync('qemu-img', [
        ...[
          'convert',
          '-O',
          'raw',
          '--object',
          `secret,id=k,format=base64,file=${join(root, 'key')}`,
          '--image-opts',
        ],
        ...[`driver=luks,key-secret=k,file.driver=qcow2,file.file.filename=${disk}`, join(root, 'out.raw')],
      ])
    plain(file)
    expect(statSync(join(root, 'out.raw')).size).toBe(16 * mib)
    expect(readFileSync(join(root, 'out.raw')).subarray(0, bytes.length).equals(bytes)).toBe(true)

    // It grows by what was asked for, and its bytes go to another back end as they are.
    await driver.extend(volume, 32 * mib)
    plain(file)
    expect(statSync(join(root, 'out.raw')).size).toBe(32 * mib)
    const reader = await driver.reader(volume)
    const copy = volumeOf(32 * mib, passphrase)
    const raw = await reader.read(0, reader.sizeBytes)
    await reader.close()
    async function* pieces() {
      yield { offset: 0, bytes: raw.subarray(0, mib + 50) }
      yield { offset: mib + 50, bytes: raw.subarray(mib + 50) }
    }
    await driver.create(copy, { kind: 'pieces', pieces }, work())
    plain(join(root, 'local', copy.volumeId, 'data/disk.qcow2'))
    expect(readFileSync(join(root, 'out.raw')).subarray(0, bytes.length).equals(bytes)).toBe(true)
    for (const one of [volume, copy]) await nothingIsLeft(driver, one)
  })

  it.skipIf(!works('aoe'))('are served on an Ethernet, each in a slot of its own', async () => {
    const driver = await open('aoe')
    const [one, two] = [volumeOf(8 * mib), volumeOf(8 * mib)]
    const slots: number[] = []
    for (const volume of [one, two]) {
      await driver.create(volume, { kind: 'blank' }, work())
      const route = await driver.connect(volume, connectorOf())
      if (route.kind === 'aoe') slots.push(route.slot)
    }
    expect(new Set(slots).size).toBe(2)
    await expect(driver.extend(one, 16 * mib)).rejects.toMatchObject({ code: 'unsupported' })
    killed('vblade', one.volumeId)
    await expect.poll(() => processes('vblade', one.volumeId).length, { timeout: 20_000 }).toBe(1)
    for (const volume of [one, two]) {
      await nothingIsLeft(driver, volume)
      expect(processes('vblade', volume.volumeId)).toEqual([])
    }
  })

  it('leave nothing when their making is given up', async () => {
    const driver = await open('local')
    const volume = volumeOf(64 * mib)
    const controller = new AbortController()
    async function* slowly() {
      yield { offset: 0, bytes: Buffer.alloc(2 * mib, 1) }
      controller.abort()
      yield { offset: 2 * mib, bytes: Buffer.alloc(2 * mib, 1) }
    }
    const source: VolumeSource = { kind: 'pieces', pieces: slowly }
    const tried = driver.create(volume, source, { signal: controller.signal, onProgress: () => {} })
    await expect(tried).rejects.toMatchObject({ code: 'cancelled' })
    await nothingIsLeft(driver, volume)
    await expect(driver.connect(volume, connectorOf())).rejects.toMatchObject({ code: 'driver_failed' })
    await expect(driver.connect(volume, connectorOf('far', 'there'))).rejects.toMatchObject({
      code: 'unsupported',
    })
    expect(existsSync(join(root, 'local', volume.volumeId))).toBe(false)
  })
})
