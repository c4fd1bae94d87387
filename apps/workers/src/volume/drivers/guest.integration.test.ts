import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineOptions, type VolumeConnector, type VolumeRoute } from '@nephos/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineEvent, MachineSpec } from '../../compute/driver.ts'
import { detectCompute } from '../../compute/drivers/qemu/detect.ts'
import { QemuDriver } from '../../compute/drivers/qemu/driver.ts'
import { instancePaths } from '../../compute/drivers/qemu/instance-paths.ts'
import { readIdentity } from '../../compute/drivers/qemu/process-identity.ts'
import { guestImage } from '../../compute/drivers/qemu/testing/guest-image.ts'
import { type GuestShell, guestShell } from '../../compute/drivers/qemu/testing/guest-shell.ts'
import { ensureUser, openDevice } from '../../compute/drivers/qemu/user.ts'
import type { MachineVolume } from '../../compute/volumes.ts'
import { ensureNamespace, removeNamespace } from '../../network/drivers/linux/namespaces.ts'
import { detectVolumes } from '../detect.ts'
import type { StoredVolume } from '../driver.ts'
import { makeStorageDriver, type StorageKind } from './make.ts'
import type { StorageDriver } from './storage/driver.ts'

const mib = 1024 ** 2
const tag = randomBytes(4).toString('hex')
const netns = `nephos-vg-${tag}`
const hostDir = await mkdtemp(join(tmpdir(), 'nephos-guest-volumes-'))
const instancesDir = join(hostDir, 'instances')
const compute = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: hostDir,
  guestDir: hostDir,
})
const found = await detectVolumes({
  backends: ['auto'],
  computeDriver: compute.driver,
  volumeUser: 'nephos-volume',
  aoeInterface: null,
})
// The socket of `local` is what `nbd` has over TCP, without its keys.
const kinds = (['nbd', 'iscsi'] as const).filter((kind) => found.chosen.includes(kind))

/** Where QEMU or no back end works there is nothing to test; `./nephos doctor` says why. */
describe.skipIf(compute.driver !== 'qemu' || kinds.length === 0)('volumes of a guest', () => {
  const options = machineOptions({ vcpus: 1, extraSpecs: null, imageProperties: null })
  const storage = new Map<StorageKind, StorageDriver>()
  const socketsOf = (kind: StorageKind) => `/run/nephos/guest-${tag}-${kind}`
  let events: MachineEvent[] = []
  let driver: QemuDriver
  let spec: MachineSpec
  let shell: GuestShell

  beforeAll(async () => {
    await chmod(hostDir, 0o755)
    const users = { volume: await ensureUser('nephos-volume'), qemu: await ensureUser('nephos-qemu') }
    await openDevice('/dev/fuse')
    await ensureNamespace(netns)
    for (const kind of kinds) {
      const made = makeStorageDriver(
        kind,
        {
          ...{ directory: join(hostDir, kind), sockets: socketsOf(kind), cacheDir: join(hostDir, 'cache') },
          ...{ hostName: 'here', name: kind, user: users.volume, secretOf: async () => null },
          log: { warn: (detail, message) => console.warn(message, detail) },
        },
        {
          ...{ client: users.qemu, host: '127.0.0.1', netns, reach: null, iscsiPort: 3260 },
          ...{ ready: async () => {}, aoe: { interface: 'lo', netns } },
        },
      )
      await made.open()
      storage.set(kind, made)
    }
    driver = await QemuDriver.open({
      instancesDir,
      cacheDir: join(hostDir, 'cache'),
      qemuUser: 'nephos-qemu',
      accelerator: 'tcg',
      consoleLogBytes: 262_144,
      log: { info: () => {}, warn: () => {} },
    })
    driver.onEvent((event) => events.push(event))
  }, 300_000)
  afterAll(async () => {
    shell?.close()
    if (spec) await driver?.destroy(spec.instanceId)
    await driver?.close()
    for (const made of storage.values()) {
      await made.close()
      await made.end()
    }
    events = []
    await removeNamespace(netns)
    rmSync(hostDir, { recursive: true, force: true })
  })

  const plugged = (
    slot: number,
    { volumeId, sizeBytes }: StoredVolume,
    route: VolumeRoute,
  ): MachineVolume => ({
    ...{ volumeId, slot, bootIndex: null },
    connection: {
      ...{ volumeId, attachmentId: randomUUID(), route, sizeBytes },
      ...{ readOnly: false, limits: {}, passphrase: null },
    },
  })
  const volumeOf = (sizeBytes: number): StoredVolume => ({
    ...{ volumeId: randomUUID(), sizeBytes, place: null },
    ...{ secret: randomBytes(16).toString('hex'), passphrase: null },
  })
  const work = () => ({ signal: AbortSignal.timeout(60_000), onProgress: () => {} })
  const diskOf = ({ volumeId }: StoredVolume) =>
    shell.run(`grep -l ${volumeId.slice(0, 20)} /sys/block/vd*/serial 2>/dev/null | cut -d/ -f4`)
  const seen = async (volume: StoredVolume) => {
    await expect.poll(() => diskOf(volume), { timeout: 20_000 }).toMatch(/^vd[a-z]$/)
    return diskOf(volume)
  }
  /** Of the first 6 MiB, as they are on the disk and not in the guest's memory. */
  const sum = async (disk: string) =>
    (
      await shell.run(
        `echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/${disk} bs=1M count=6 2>/dev/null | md5sum`,
        60_000,
      )
    ).slice(0, 32)

  it('keep their bytes through snapshots, growing, crashes of their servers and other guests', async () => {
    const image = await guestImage()
    spec = {
      ...{ instanceId: randomUUID(), name: 'vm-stores', vcpus: 1, ramMib: 192, diskGib: 1 },
      ...{ ephemeralGib: 0, swapMib: 0, image, nics: [], netns, options },
    }
    await driver.cacheImage(image, work())
    await driver.createDisk(spec)
    await driver.start(spec)
    const ready = () => events.some(({ kind }) => kind === 'guest-ready')
    await expect.poll(ready, { timeout: 180_000, interval: 200 }).toBe(true)
    shell = await guestShell(instancePaths(instancesDir, spec.instanceId).serial)
    const me: VolumeConnector = {
      ...{ hostName: 'here', ip: null, instanceId: spec.instanceId },
      initiator: 'iqn.2026-01.org.nephos:here',
    }
    const plug = (one: MachineVolume) => driver.volumes.plug(spec.instanceId, one, options)

    for (const [index, kind] of kinds.entries()) {
      const store = storage.get(kind)!
      const volume = volumeOf(32 * mib)
      await store.create(volume, { kind: 'blank' }, work())
      const began = performance.now()
      await plug(plugged(5 + index, volume, await store.connect(volume, me)))
      const disk = await seen(volume)
      process.stdout.write(`${kind}: attached and seen after ${Math.round(performance.now() - began)} ms\n`)

      await shell.run(`dd if=/dev/urandom of=/dev/${disk} bs=1M count=6 2>/dev/null; sync`, 60_000)
      const before = await sum(disk)
      const snapshotId = randomUUID()
      const snapshotPlace = await store.snapshot(volume, snapshotId)
      await shell.run(`echo changed >/dev/${disk}; sync`)
      const after = await sum(disk)
      expect(after).not.toBe(before)

      await store.extend(volume, 48 * mib)
      await driver.volumes.grow(spec.instanceId, volume.volumeId, 48 * mib)
      const sectors = async () => Number(await shell.run(`cat /sys/block/${disk}/size`))
      await expect.poll(sectors, { timeout: 20_000 }).toBe((48 * mib) / 512)

      // The server is killed while the guest writes: it waits, and goes on.
      const identity =
        kind === 'iscsi'
          ? `${socketsOf(kind)}/tgt/tgtd.process`
          : join(hostDir, kind, volume.volumeId, 'daemon.process')
      const writing = shell.run(
        `dd if=/dev/zero of=/dev/${disk} bs=1M seek=8 count=8 conv=fsync 2>/dev/null; echo rc $?`,
        120_000,
      )
      process.kill(readIdentity(identity)!.pid, 'SIGKILL')
      expect(await writing).toContain('rc 0')
      expect(await sum(disk)).toBe(after)

      // A copy of the snapshot has what was there then.
      const copy = volumeOf(32 * mib)
      const source = { kind: 'snapshot', volume, snapshotId, snapshotPlace } as const
      await store.create(copy, source, work())
      await plug(plugged(12 + index, copy, await store.connect(copy, me)))
      expect(await sum(await seen(copy))).toBe(before)

      // Taken away and given again in another place.
      for (const one of [volume, copy]) {
        await driver.volumes.unplug(spec.instanceId, one.volumeId)
        await store.disconnect(one, me)
      }
      await plug(plugged(16, volume, await store.connect(volume, me)))
      expect(await sum(await seen(volume))).toBe(after)
      await driver.volumes.unplug(spec.instanceId, volume.volumeId)
      await store.disconnect(volume, me)
      for (const one of [volume, copy]) await store.delete(one)
      expect(await store.list()).toEqual([])
      expect(readdirSync(socketsOf(kind)).filter((name) => name !== 'tgt')).toEqual([])
    }
  }, 400_000)
})
