import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineEvent, MachineSpec } from '../../driver.ts'
import { detectCompute } from './detect.ts'
import { QemuDriver } from './driver.ts'
import { instancePaths } from './instance-paths.ts'
import { probeKvm } from './kvm-probe.ts'
import { type GuestImage, guestImage } from './testing/guest-image.ts'
import { type GuestNetwork, guestNetwork } from './testing/guest-network.ts'
import { connectUnix } from './unix-socket.ts'
import { findUser } from './user.ts'

const bootMs = 90_000
const hostDir = mkdtempSync(join(tmpdir(), 'nephos-qemu-'))
// Longer than a socket's address may be, and where QEMU's user cannot go.
const instancesDir = join(hostDir, 'd'.repeat(60), 'instances')
const cacheDir = join(hostDir, 'd'.repeat(60), 'cache')
const detection = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: hostDir,
  guestDir: hostDir,
})

/** Where QEMU cannot work there is nothing to test it with; `./nephos doctor` says why. */
describe.skipIf(detection.driver !== 'qemu')('QEMU', () => {
  let image: GuestImage
  let network: GuestNetwork
  let driver: QemuDriver
  let events: MachineEvent[] = []
  let spec: MachineSpec
  const paths = () => instancePaths(instancesDir, spec.instanceId)
  const warnings: unknown[] = []

  async function open(): Promise<void> {
    driver = await QemuDriver.open({
      instancesDir,
      cacheDir,
      qemuUser: 'nephos-qemu',
      accelerator: 'tcg',
      consoleLogBytes: 65_536,
      log: { info: () => {}, warn: (...args) => warnings.push(args) },
    })
    events = []
    driver.onEvent((event) => events.push(event))
  }
  const console = async () => (await driver.readConsole(spec.instanceId, 0, 262_144)).text
  const happened = (kind: MachineEvent['kind']) => () => events.some((event) => event.kind === kind)
  const ready = () => expect.poll(happened('guest-ready'), { timeout: bootMs, interval: 100 }).toBe(true)
  const processesOf = (id: string) =>
    readdirSync('/proc').filter(
      (pid) => /^\d+$/.test(pid) && /qemu-system/.test(commandOf(pid)) && commandOf(pid).includes(id),
    )

  /** Logs in on the serial console and types a command. */
  async function type(command: string): Promise<void> {
    const socket = await connectUnix(paths().serial, 5_000)
    let heard = ''
    socket.on('data', (data) => {
      heard += data.toString()
    })
    for (const [line, answer] of [
      ['', /login: $/],
      ['root', /Password: $/],
      ['nephos', /# \S*$/],
      [command, /./],
    ] as const) {
      heard = ''
      socket.write(`${line}\n`)
      await expect.poll(() => heard, { timeout: 20_000 }).toMatch(answer)
    }
    socket.destroy()
  }

  beforeAll(async () => {
    mkdirSync(join(hostDir, 'd'.repeat(60)), { mode: 0o700 })
    image = await guestImage()
    const instanceId = randomUUID()
    network = await guestNetwork({
      hostname: 'vm-one',
      instanceId,
      publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA0000000000000000000000000000000000000000000 me',
      userData: '#!/bin/sh\necho "user data sees $(df -m / | tail -1 | awk \'{print $2}\') MiB"\n',
    })
    spec = {
      instanceId,
      name: 'vm-one',
      vcpus: 1,
      ramMib: 192,
      diskGib: 1,
      image,
      nics: [{ portId: randomUUID(), mac: network.mac, tap: network.tap, mtu: 1450 }],
      netns: network.netns,
    }
    await open()
    // The first run of a clone downloads packages and builds the image.
  }, 300_000)
  afterAll(async () => {
    if (spec) await driver.destroy(spec.instanceId)
    await driver?.close()
    await network?.close()
    rmSync(hostDir, { recursive: true, force: true })
  })

  it('says in QEMU’s or the host’s own words why a machine does not start', async () => {
    await driver.cacheImage(image, { signal: new AbortController().signal, onProgress: () => {} })
    await driver.createDisk(spec)
    await expect(driver.start({ ...spec, netns: 'nephos-no-such-namespace' })).rejects.toMatchObject({
      code: 'driver_failed',
      message: expect.stringMatching(/Cannot open network namespace/),
    })
    await expect(
      driver.start({ ...spec, nics: [{ ...spec.nics[0]!, tap: 'nosuchtap' }] }),
    ).rejects.toMatchObject({
      code: 'driver_failed',
      message: expect.stringMatching(/nosuchtap/),
    })
    expect(await driver.status(spec.instanceId)).toMatchObject({ powerState: 4, pid: null })
    expect(processesOf(spec.instanceId)).toEqual([])
  })

  it(
    'boots a guest that gets address, name and key from the cloud, and a disk of the flavor’s size',
    async () => {
      const status = await driver.start(spec)
      expect(status).toMatchObject({ powerState: 1 })
      expect(await driver.start(spec)).toEqual(status)
      await ready()
      const text = await console()
      expect(text).toMatch(/nephos: dhcp bound eth0 10\.0\.0\.5\/24 .*mtu 1450/)
      expect(text).toContain('nephos: metadata from service')
      expect(text).toContain(`uuid=${spec.instanceId} hostname=vm-one keys=1`)
      expect(text).toContain(`nephos: address eth0 ${network.mac} 10.0.0.5/24`)
      expect(Number(/user data sees (\d+) MiB/.exec(text)?.[1])).toBeGreaterThan(900)
      expect(text).toMatch(/READY vm-one uptime \d/)
    },
    bootMs + 10_000,
  )

  it('runs the guest as an unprivileged user, sandboxed, in a directory of its own', async () => {
    const { pid } = await driver.status(spec.instanceId)
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const user = (await findUser('nephos-qemu'))!
    expect(status).toMatch(new RegExp(`^Uid:\\t${user.uid}\\t${user.uid}\\t${user.uid}\\t`, 'm'))
    expect(status).toMatch(/^CapEff:\t0+$/m)
    expect(status).toMatch(/^CapBnd:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status).toMatch(/^Seccomp:\t2$/m)
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/NEPHOS|VITEST/)
  })

  it('finds the running guest again after the worker was away', async () => {
    const before = await driver.status(spec.instanceId)
    const text = await console()
    await driver.close()
    await sleep(200)
    await open()
    expect(await driver.adopt()).toEqual([before])
    await ready()
    // The guest may have gone on writing meanwhile.
    expect((await console()).startsWith(text)).toBe(true)
    expect(await driver.list()).toEqual([before])
  })

  it(
    'reboots softly: the guest shuts down in order and boots anew',
    async () => {
      const { pid } = await driver.status(spec.instanceId)
      events = []
      const status = await driver.reboot(spec, { hard: false, timeoutMs: 30_000 })
      expect(status.powerState).toBe(1)
      expect(status.pid).not.toBe(pid)
      expect(await console()).toContain('nephos: power button')
      await ready()
      expect((await console()).split('READY vm-one')).toHaveLength(3)
      expect(events.map(({ kind }) => kind)).toEqual(['guest-ready'])
    },
    bootMs + 40_000,
  )

  it(
    'notices that a guest was reset from within, and that it powered off by itself',
    async () => {
      await type('reboot')
      await expect.poll(happened('reset'), { timeout: 30_000 }).toBe(true)
      events = []
      await ready()
      await type('poweroff')
      await expect.poll(happened('powered-off'), { timeout: 30_000 }).toBe(true)
      expect(await driver.status(spec.instanceId)).toMatchObject({ powerState: 4, pid: null })
      expect(processesOf(spec.instanceId)).toEqual([])
    },
    2 * bootMs,
  )

  it('tells a crash from a power-off, and starts the machine again', async () => {
    const { pid } = await driver.start(spec)
    events = []
    process.kill(pid!, 'SIGKILL')
    await expect.poll(happened('crashed'), { timeout: 10_000 }).toBe(true)
    expect(await driver.status(spec.instanceId)).toMatchObject({ powerState: 6, pid: null })
    expect(await driver.start(spec)).toMatchObject({ powerState: 1 })
  })

  it('forces a guest that does not listen, and reboots hard', async () => {
    // Firmware knows no power button.
    const began = performance.now()
    await driver.stop(spec.instanceId, { timeoutMs: 300 })
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(await driver.status(spec.instanceId)).toMatchObject({ powerState: 4 })
    const { pid } = await driver.reboot(spec, { hard: true, timeoutMs: 0 })
    const after = await driver.reboot(spec, { hard: true, timeoutMs: 0 })
    expect(after.powerState).toBe(1)
    expect(after.pid).not.toBe(pid)
  })

  it('sees what happened to guests while no worker was there', async () => {
    const { pid } = await driver.status(spec.instanceId)
    await driver.close()
    process.kill(pid!, 'SIGKILL')
    await expect.poll(() => processesOf(spec.instanceId)).toEqual([])
    await open()
    expect(await driver.adopt()).toMatchObject([{ instanceId: spec.instanceId, powerState: 6 }])
  })

  it('lets a destroy overtake a stop that waits for its guest, and leaves nothing', async () => {
    await driver.start(spec)
    const stop = driver.stop(spec.instanceId, { timeoutMs: 60_000 })
    await sleep(100)
    await driver.destroy(spec.instanceId)
    await stop
    expect(existsSync(paths().dir)).toBe(false)
    expect(processesOf(spec.instanceId)).toEqual([])
    expect(await driver.list()).toEqual([])
    expect(readdirSync(cacheDir)).toHaveLength(1)
    await driver.destroy(spec.instanceId)
  })

  it('probes an accelerator by booting a kernel, and remembers the verdict', async () => {
    const options = {
      binary: 'qemu-system-x86_64',
      qemuVersion: detection.qemuVersion!,
      kernel: image.kernel,
      initrd: image.initrd,
      user: await findUser('nephos-qemu'),
      accelerator: 'tcg' as const,
    }
    const good = join(hostDir, 'good.json')
    const verdict = await probeKvm({ ...options, cacheFile: good, timeoutMs: 60_000 })
    expect(verdict).toMatchObject({ works: true })
    expect(await probeKvm({ ...options, cacheFile: good, timeoutMs: 1 })).toEqual(verdict)
    const crawling = await probeKvm({ ...options, cacheFile: join(hostDir, 'bad.json'), timeoutMs: 300 })
    expect(crawling).toMatchObject({
      works: false,
      reason: expect.stringContaining('no sign of one after 0.3 s'),
    })
    expect(warnings.filter((entry) => !JSON.stringify(entry).includes('a machine crashed'))).toEqual([])
  })
})

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
