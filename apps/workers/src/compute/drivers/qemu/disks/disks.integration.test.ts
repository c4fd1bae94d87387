import { createHash, randomUUID } from 'node:crypto'
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BaseImage, MachineEvent, MachineSpec } from '../../../driver.ts'
import { detectCompute } from '../detect.ts'
import { QemuDriver } from '../driver.ts'
import { instancePaths } from '../instance-paths.ts'
import { type GuestImage, guestImage } from '../testing/guest-image.ts'
import { connectUnix } from '../unix-socket.ts'

const bootMs = 120_000
const hostDir = mkdtempSync(join(tmpdir(), 'nephos-disks-'))
const instancesDir = join(hostDir, 'instances')
const cacheDir = join(hostDir, 'cache')
const detection = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: hostDir,
  guestDir: hostDir,
})
const options = { signal: new AbortController().signal, onProgress: () => {} }

/** Where QEMU cannot work there is nothing to test it with; `./nephos doctor` says why. */
describe.skipIf(detection.driver !== 'qemu')('disks of QEMU machines', () => {
  let image: GuestImage
  let driver: QemuDriver
  let events: MachineEvent[] = []
  let spec: MachineSpec
  let copy: BaseImage & { format: 'qcow2' }

  const template = () =>
    createHash('sha256')
      .update(readFileSync(cached(image)))
      .digest('hex')
  const cached = ({ sha512, format }: Pick<BaseImage, 'sha512' | 'format'>) =>
    join(cacheDir, `${sha512}.${format}`)
  const ready = (id: string) =>
    expect
      .poll(() => events.some((event) => event.kind === 'guest-ready' && event.instanceId === id), {
        timeout: bootMs,
        interval: 100,
      })
      .toBe(true)
  const log = async (id: string) => (await driver.readConsole(id, 0, 262_144)).text

  /** Logs in on the serial console once, runs commands as root and gives what they print. */
  async function inside(id: string, ...commands: string[]): Promise<string> {
    const socket = await connectUnix(instancePaths(instancesDir, id).serial, 5_000)
    let heard = ''
    socket.on('data', (data) => {
      heard += data.toString()
    })
    const say = async (line: string, answer: RegExp) => {
      heard = ''
      socket.write(`${line}\n`)
      await expect.poll(() => heard, { timeout: 40_000 }).toMatch(answer)
      return heard
    }
    try {
      await say('', /login: $|# $/)
      if (/login: $/.test(heard)) {
        await say('root', /Password: $/)
        await say('nephos', /# \S*$/)
      }
      return await say(`${commands.join('; ')}; echo do''ne`, /done\r?\n/)
    } finally {
      socket.write('exit\n')
      socket.end()
    }
  }

  beforeAll(async () => {
    mkdirSync(instancesDir)
    image = await guestImage()
    driver = await QemuDriver.open({
      instancesDir,
      cacheDir,
      qemuUser: 'nephos-qemu',
      accelerator: 'tcg',
      consoleLogBytes: 262_144,
      log: { info: () => {}, warn: () => {} },
    })
    driver.onEvent((event) => events.push(event))
    spec = {
      instanceId: randomUUID(),
      name: 'disks',
      vcpus: 1,
      ramMib: 192,
      diskGib: 1,
      image,
      nics: [],
      netns: null,
      ephemeralGib: 1,
      swapMib: 64,
      configDrive: true,
    }
    await driver.cacheImage(image, options)
    await driver.createDisk(spec)
    await driver.disks.writeConfigDrive(spec.instanceId, configDrive('from-the-drive'))
    await driver.start(spec)
    // The first run of a clone downloads packages and builds the image.
  }, 300_000)
  afterAll(async () => {
    for (const id of readdirSync(instancesDir)) await driver.destroy(id)
    await driver?.close()
    rmSync(hostDir, { recursive: true, force: true })
  })

  const configDrive = (hostname: string) => {
    const metadata = { uuid: spec.instanceId, hostname: `${hostname}.novalocal`, name: hostname }
    const userData = `#!/bin/sh\necho "user data of ${hostname}"\n`
    return [
      { path: 'openstack/latest/meta_data.json', body: Buffer.from(JSON.stringify(metadata)) },
      { path: 'openstack/latest/user_data', body: Buffer.from(userData) },
      { path: 'ec2/latest/meta-data.json', body: Buffer.from('{"ami-id":""}') },
    ]
  }

  it(
    'gives the guest its metadata on a config drive, an ephemeral disk and a swap area',
    async () => {
      await ready(spec.instanceId)
      expect(await log(spec.instanceId)).toContain(
        `nephos: metadata from config-drive: uuid=${spec.instanceId} hostname=from-the-drive`,
      )
      expect(await log(spec.instanceId)).toContain('user data of from-the-drive')
      const text = await inside(
        spec.instanceId,
        'findfs LABEL=config-2',
        'mkdir -p /mnt/e /mnt/c',
        'mount -t ext4 $(findfs LABEL=ephemeral0) /mnt/e && df -m /mnt/e | tail -1',
        'swapon /dev/vdc && tail -1 /proc/swaps',
        'mount -o ro /dev/vdd /mnt/c && find /mnt/c -type f',
        'touch /mnt/c/x',
        'echo kept > /root/kept && sync',
      )
      expect(text).toMatch(/\/dev\/vdd\r?\n/)
      expect(text).toMatch(/\/dev\/vdb +9\d\d /)
      expect(text).toMatch(/\/dev\/vdc +partition\s+655\d\d/)
      expect(text).toContain('/mnt/c/openstack/latest/meta_data.json')
      expect(text).toContain('/mnt/c/ec2/latest/meta-data.json')
      expect(text).toContain('Read-only file system')
    },
    bootMs + 60_000,
  )

  it('copies the disk of a running machine, again after it was cut off, and leaves the template alone', async () => {
    const before = template()
    const exportId = randomUUID()
    const aborting = new AbortController()
    aborting.abort()
    await expect(
      driver.disks.export(spec, exportId, { ...options, signal: aborting.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' })
    const files = () =>
      readdirSync(instancePaths(instancesDir, spec.instanceId).vm).filter((n) => /export/.test(n))
    expect(files()).toEqual([])
    const percents: number[] = []
    await driver.disks.export(spec, exportId, { ...options, onProgress: (percent) => percents.push(percent) })
    await driver.disks.export(spec, exportId, options)
    expect(percents.every((percent) => percent >= 0 && percent <= 100)).toBe(true)
    expect((await driver.status(spec.instanceId)).powerState).toBe(1)
    const { size, body } = await driver.disks.openExport(spec.instanceId, exportId)
    const bytes = await buffer(body)
    expect(bytes.length).toBe(size)
    // No backing file, no external data.
    expect(bytes.readBigUInt64BE(8)).toBe(0n)
    expect(bytes.readBigUInt64BE(72) & 4n).toBe(0n)
    expect(Number(bytes.readBigUInt64BE(24))).toBe(1024 ** 3)
    const path = join(hostDir, 'copy.qcow2')
    writeFileSync(path, bytes)
    copy = {
      imageId: 'copy',
      sha512: createHash('sha512').update(bytes).digest('hex'),
      format: 'qcow2',
      sizeBytes: size,
      open: async () => createReadStream(path),
    }
    await driver.disks.dropExport(spec.instanceId, exportId)
    await driver.disks.dropExport(spec.instanceId, exportId)
    expect(files()).toEqual([])
    expect(template()).toBe(before)
    expect(await inside(spec.instanceId, 'echo still > /root/still', 'cat /root/still')).toContain('still')
  }, 120_000)

  it(
    'starts another machine from the copy, with what was written before',
    async () => {
      const other: MachineSpec = {
        ...spec,
        instanceId: randomUUID(),
        image: copy,
        ephemeralGib: 0,
        swapMib: 0,
        configDrive: false,
      }
      await driver.cacheImage(copy, options)
      await driver.createDisk(other)
      await driver.start(other)
      await ready(other.instanceId)
      const text = await inside(other.instanceId, 'cat /root/kept /root/still')
      expect(text).toContain('kept\r\n')
      expect(text).toMatch(/still.*No such file/)
      await driver.destroy(other.instanceId)
    },
    bootMs + 60_000,
  )

  it(
    'copies the disk of a machine that is off, grows it, and shows the guest the growth',
    async () => {
      const before = template()
      await driver.stop(spec.instanceId, { timeoutMs: 0 })
      const exportId = randomUUID()
      await driver.disks.export(spec, exportId, options)
      const { size, body } = await driver.disks.openExport(spec.instanceId, exportId)
      body.destroy()
      expect(size).toBeGreaterThan(10_000_000)
      await driver.disks.dropExport(spec.instanceId, exportId)
      spec = { ...spec, diskGib: 2, swapMib: 128 }
      await driver.disks.resize(spec)
      await driver.disks.resize(spec)
      await expect(driver.disks.resize({ ...spec, diskGib: 1 })).rejects.toMatchObject({
        code: 'driver_failed',
      })
      expect(template()).toBe(before)
      events = []
      await driver.start(spec)
      await ready(spec.instanceId)
      const text = await inside(
        spec.instanceId,
        'df -m / | tail -1',
        'swapon /dev/vdc && tail -1 /proc/swaps',
        'cat /root/kept',
      )
      expect(Number(/ (\d{4}) +\d+ +\d+ +\d+% \/\r?\n/.exec(text)?.[1])).toBeGreaterThan(1_900)
      expect(text).toMatch(/\/dev\/vdc +partition\s+1310\d\d/)
      expect(text).toContain('kept\r\n')
    },
    bootMs + 60_000,
  )

  it(
    'replaces the disks, brings the old ones back, and replaces them for good',
    async () => {
      const { vm, dir } = instancePaths(instancesDir, spec.instanceId)
      await driver.disks.replace(spec)
      await driver.disks.replace(spec)
      expect((await driver.status(spec.instanceId)).powerState).toBe(4)
      expect(readdirSync(dir)).toContain('parked')
      await driver.disks.restore(spec.instanceId)
      await driver.disks.restore(spec.instanceId)
      expect(readdirSync(dir)).not.toContain('parked')
      expect(readdirSync(vm)).toEqual(
        expect.arrayContaining(['base', 'config.iso', 'root.qcow2', 'swap.qcow2']),
      )
      await driver.disks.replace(spec)
      await driver.disks.writeConfigDrive(spec.instanceId, configDrive('rebuilt'))
      events = []
      await driver.start(spec)
      await driver.disks.dropOld(spec.instanceId)
      expect(readdirSync(dir)).not.toContain('parked')
      await ready(spec.instanceId)
      expect(await log(spec.instanceId)).toContain('user data of rebuilt')
      expect(await inside(spec.instanceId, 'hostname', 'ls /root/kept')).toMatch(/rebuilt[\s\S]*No such file/)
    },
    bootMs + 60_000,
  )

  it('refuses a copy that was swapped for a link', async () => {
    const exportId = randomUUID()
    await driver.disks.export(spec, exportId, options)
    const path = join(instancePaths(instancesDir, spec.instanceId).vm, `export-${exportId}.qcow2`)
    rmSync(path)
    symlinkSync('/etc/passwd', path)
    await expect(driver.disks.openExport(spec.instanceId, exportId)).rejects.toMatchObject({
      code: 'driver_failed',
    })
    await driver.disks.dropExport(spec.instanceId, exportId)
    expect(readFileSync('/etc/passwd', 'utf8')).toContain('root:')
  }, 60_000)
})
