import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { machineOptions, type VolumeConnection } from '@nephos/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineEvent, MachineSpec } from '../../../driver.ts'
import type { MachineVolume } from '../../../volumes.ts'
import { detectCompute } from '../detect.ts'
import { QemuDriver } from '../driver.ts'
import { instancePaths } from '../instance-paths.ts'
import { type GuestImage, guestImage } from '../testing/guest-image.ts'
import { type GuestShell, guestShell } from '../testing/guest-shell.ts'

const bootMs = 180_000
const mib = 1024 ** 2
const hostDir = mkdtempSync(join(tmpdir(), 'nephos-volumes-'))
const instancesDir = join(hostDir, 'instances')
const volumesDir = join(hostDir, 'volumes')
const detection = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: hostDir,
  guestDir: hostDir,
})
const passphrase = Buffer.from('a passphrase of the test').toString('base64')

describe.skipIf(detection.driver !== 'qemu')('volumes of QEMU machines', () => {
  let image: GuestImage
  let driver: QemuDriver
  let spec: MachineSpec
  let shell: GuestShell
  let server: ChildProcess
  let events: MachineEvent[] = []

  const options = machineOptions({ vcpus: 1, extraSpecs: null, imageProperties: null })
  const img = (...args: string[]) => execFileSync('qemu-img', args, { stdio: 'pipe' })
  const file = (name: string) => join(volumesDir, name)
  const volume = (
    slot: number,
    route: VolumeConnection['route'],
    more: Partial<VolumeConnection> & { bootIndex?: number } = {},
  ): MachineVolume => {
    const { bootIndex = null, ...connection } = more
    const volumeId = randomUUID()
    return {
      volumeId,
      slot,
      bootIndex,
      connection: {
        volumeId,
        attachmentId: randomUUID(),
        route,
        sizeBytes: 64 * mib,
        readOnly: false,
        limits: {},
        passphrase: null,
        ...connection,
      },
    }
  }
  /** Name of the disk with this serial number in the guest; nothing when it has none. */
  const diskOf = ({ volumeId }: MachineVolume) =>
    shell.run(`grep -l ${volumeId.slice(0, 20)} /sys/block/vd*/serial 2>/dev/null | cut -d/ -f4`)
  const sectors = async (disk: string) => Number(await shell.run(`cat /sys/block/${disk}/size`))

  beforeAll(async () => {
    image = await guestImage()
    mkdirSync(volumesDir)
    copyFileSync(join(image.dir, 'nephos-tiny.qcow2'), file('root.qcow2'))
    img('create', '-q', '-f', 'raw', file('plain.raw'), '64M')
    img(
      ...['create', '-q', '-f', 'luks', '--object', `secret,id=key,data=${passphrase},format=base64`],
      ...['-o', 'key-secret=key,iter-time=10', file('sealed.luks'), '16M'],
    )
    img('create', '-q', '-f', 'qcow2', file('served.qcow2'), '64M')
    for (const dir of [hostDir, volumesDir]) chmodSync(dir, 0o777)
    for (const name of ['root.qcow2', 'plain.raw', 'sealed.luks']) chmodSync(file(name), 0o666)
    server = spawn('qemu-storage-daemon', [
      ...['--blockdev', `driver=qcow2,node-name=v,file.driver=file,file.filename=${file('served.qcow2')}`],
      ...['--nbd-server', `addr.type=unix,addr.path=${file('nbd.sock')}`],
      ...['--export', 'nbd,id=e,node-name=v,name=served,writable=on'],
    ])
    driver = await QemuDriver.open({
      instancesDir,
      cacheDir: join(hostDir, 'cache'),
      qemuUser: 'nephos-qemu',
      accelerator: 'tcg',
      consoleLogBytes: 262_144,
      log: { info: () => {}, warn: () => {} },
    })
    events = []
    driver.onEvent((event) => events.push(event))
  }, 300_000)
  afterAll(async () => {
    shell?.close()
    if (spec) await driver?.destroy(spec.instanceId)
    await driver?.close()
    if (server && server.exitCode === null) {
      server.kill('SIGKILL')
      await once(server, 'exit')
    }
    rmSync(hostDir, { recursive: true, force: true })
  })

  it('boots from a volume, has the others in their places, and takes and gives more while it runs', async () => {
    const root = volume(0, { kind: 'file', path: file('root.qcow2'), format: 'qcow2' }, { bootIndex: 0 })
    const sealed = volume(1, { kind: 'file', path: file('sealed.luks'), format: 'raw' }, { passphrase })
    spec = {
      instanceId: randomUUID(),
      name: 'vm-volumes',
      vcpus: 1,
      ramMib: 192,
      diskGib: 0,
      ephemeralGib: 0,
      swapMib: 16,
      image: null,
      nics: [],
      netns: null,
      options,
      volumes: [root, sealed],
    }
    await driver.createDisk(spec)
    await driver.start(spec)
    const paths = instancePaths(instancesDir, spec.instanceId)
    expect(existsSync(paths.disk)).toBe(false)
    const pid = (await driver.status(spec.instanceId)).pid
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(passphrase)
    // Again, as a saga does whose worker was killed: nothing happens.
    expect((await driver.start(spec)).pid).toBe(pid)
    const ready = () => events.some(({ kind }) => kind === 'guest-ready')
    await expect.poll(ready, { timeout: bootMs, interval: 200 }).toBe(true)
    shell = await guestShell(paths.serial)
    expect(await diskOf(root)).toBe('vda')
    expect(await diskOf(sealed)).toBe('vdb')
    expect(await shell.run('cat /sys/block/vdc/serial')).toBe('swap0')

    // What the guest writes is not what lies on the disk.
    await shell.run('echo plain-words >/dev/vdb; sync')
    expect(readFileSync(file('sealed.luks')).includes('plain-words')).toBe(false)

    await expect.poll(() => existsSync(file('nbd.sock')), { timeout: 30_000 }).toBe(true)
    chmodSync(file('nbd.sock'), 0o777)
    const served = volume(5, { kind: 'nbd', address: { path: file('nbd.sock') }, name: 'served' })
    const plain = volume(6, { kind: 'file', path: file('plain.raw'), format: 'raw' })
    const plug = (one: MachineVolume) => driver.volumes.plug(spec.instanceId, one, options)
    const began = performance.now()
    await plug(served)
    await expect.poll(() => diskOf(served), { timeout: 20_000 }).toMatch(/^vd[a-z]$/)
    const seenMs = Math.round(performance.now() - began)
    process.stdout.write(`a volume is seen by its guest after ${seenMs} ms\n`)
    await plug(served)
    await plug(plain)
    await expect.poll(() => diskOf(plain), { timeout: 20_000 }).toMatch(/^vd[a-z]$/)
    const all = [root, sealed, served, plain].map(({ volumeId }) => volumeId)
    expect(await driver.volumes.plugged(spec.instanceId, [...all, randomUUID()])).toEqual(all)

    // Grows while it is in use, and the file with it.
    const disk = await diskOf(plain)
    await driver.volumes.grow(spec.instanceId, plain.volumeId, 96 * mib)
    await expect.poll(() => sectors(disk), { timeout: 20_000 }).toBe((96 * mib) / 512)

    // A limit is kept, and goes when it is taken away.
    await driver.volumes.limit(spec.instanceId, plain.volumeId, { readBytes: 4 * mib })
    const read = async () => {
      const command = `echo 3 >/proc/sys/vm/drop_caches; time dd if=/dev/${disk} of=/dev/null bs=1M skip=8 count=12`
      const time = await shell.run(command, 60_000)
      const [, minutes, seconds] = /real\s+(?:(\d+)m)?\s*([\d.]+)s/.exec(time) ?? []
      return Number(minutes ?? 0) * 60 + Number(seconds)
    }
    expect(await read()).toBeGreaterThan(1.5)
    await driver.volumes.limit(spec.instanceId, plain.volumeId, {})

    // While the guest stands still it cannot let go of anything.
    await driver.holds.pause(spec.instanceId)
    await expect(driver.volumes.unplug(spec.instanceId, served.volumeId)).rejects.toThrow(/paused/)
    await driver.holds.unpause(spec.instanceId)

    const wrote = await shell.run(`echo bytes-of-the-test >/dev/${await diskOf(served)}; sync; echo done`)
    expect(wrote).toContain('done')
    await driver.volumes.unplug(spec.instanceId, served.volumeId)
    await driver.volumes.unplug(spec.instanceId, served.volumeId)
    await expect.poll(() => diskOf(served), { timeout: 20_000 }).toBe('')
    expect(await driver.volumes.plugged(spec.instanceId, [served.volumeId])).toEqual([])

    // A guest that does not reach what it is given has nothing of it.
    const nowhere = volume(7, { kind: 'nbd', address: { path: file('nobody.sock') }, name: 'served' })
    await expect(plug(nowhere)).rejects.toThrow(/blockdev-add/)
    const wrongKey = volume(8, { kind: 'file', path: file('plain.raw'), format: 'raw' }, { passphrase })
    await expect(plug(wrongKey)).rejects.toThrow(/blockdev-add/)
    expect(await driver.volumes.plugged(spec.instanceId, [nowhere.volumeId, wrongKey.volumeId])).toEqual([])

    // The same bytes, elsewhere.
    const there = volume(9, served.connection.route)
    await plug(there)
    await expect.poll(() => diskOf(there), { timeout: 20_000 }).toMatch(/^vd[a-z]$/)
    expect(await shell.run(`head -c 17 /dev/${await diskOf(there)}`)).toBe('bytes-of-the-test')
  }, 400_000)
})
