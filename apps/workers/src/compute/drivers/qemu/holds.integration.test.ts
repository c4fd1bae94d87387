import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineEvent, MachineSpec } from '../../driver.ts'
import { detectCompute } from './detect.ts'
import { QemuDriver } from './driver.ts'
import { whileFrozen } from './freeze.ts'
import { instancePaths } from './instance-paths.ts'
import { guestImage } from './testing/guest-image.ts'
import { typeAt } from './testing/serial-shell.ts'

const bootMs = 120_000
const hostDir = mkdtempSync(join(tmpdir(), 'nephos-holds-'))
const instancesDir = join(hostDir, 'instances')
const detection = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: hostDir,
  guestDir: hostDir,
})

/** Where QEMU cannot work there is nothing to test it with; `./nephos doctor` says why. */
describe.skipIf(detection.driver !== 'qemu')('holding a guest', () => {
  let driver: QemuDriver
  let spec: MachineSpec
  let events: MachineEvent[] = []
  let password = 'nephos'
  const paths = () => instancePaths(instancesDir, spec.instanceId)
  const shell = (command: string) => typeAt(paths().serial, password, command)
  const console = async () => (await driver.readConsole(spec.instanceId, 0, 1_000_000)).text
  const ticks = async () => [...(await console()).matchAll(/tick (\d+)\r/g)].map(([, n]) => Number(n))
  const lastTick = async () => (await ticks()).at(-1) ?? 0
  const ready = () =>
    expect
      .poll(() => events.some(({ kind }) => kind === 'guest-ready'), { timeout: bootMs, interval: 100 })
      .toBe(true)
  const processes = () =>
    readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(spec.instanceId))

  async function open(): Promise<void> {
    driver = await QemuDriver.open({
      instancesDir,
      cacheDir: join(hostDir, 'cache'),
      qemuUser: 'nephos-qemu',
      accelerator: 'tcg',
      consoleLogBytes: 1_048_576,
      log: { info: () => {}, warn: () => {} },
    })
    events = []
    driver.onEvent((event) => events.push(event))
  }

  beforeAll(async () => {
    const image = await guestImage()
    spec = {
      instanceId: randomUUID(),
      name: 'held',
      vcpus: 1,
      ramMib: 128,
      diskGib: 1,
      image,
      nics: [],
      netns: null,
      guestAgent: true,
    }
    await open()
    await driver.cacheImage(image, { signal: new AbortController().signal, onProgress: () => {} })
    await driver.createDisk(spec)
  }, 300_000)
  afterAll(async () => {
    if (spec) await driver.destroy(spec.instanceId)
    await driver?.close()
    rmSync(hostDir, { recursive: true, force: true })
  })

  it(
    'asks the agent in the guest',
    async () => {
      await driver.start(spec)
      await ready()
      await expect
        .poll(() => driver.agents.facts(spec.instanceId).catch(() => null), { timeout: 30_000 })
        .toMatchObject({ agentVersion: 'nephos-tiny 1', system: 'Nephos tiny guest' })
      const facts = await driver.agents.facts(spec.instanceId)
      expect(facts.kernel).toMatch(/^\d+\.\d+/)
      expect(facts.interfaces).toContainEqual({
        name: 'lo',
        mac: '00:00:00:00:00:00',
        addresses: expect.arrayContaining(['127.0.0.1/8']),
      })
    },
    2 * bootMs,
  )

  it('changes a password, which the login then wants', async () => {
    await expect(driver.agents.setPassword(spec.instanceId, 'nobody-here', 'x')).rejects.toMatchObject({
      code: 'driver_failed',
      message: expect.stringContaining('there is no user nobody-here'),
    })
    await driver.agents.setPassword(spec.instanceId, 'root', 'Grüße, "world" 1')
    await expect(shell('true')).rejects.toThrow('refuses the password')
    password = 'Grüße, "world" 1'
    expect(await shell('id -u')).toContain('0')
    expect(await shell('stat -c %a /etc/shadow')).toContain('600')
  }, 180_000)

  it('freezes the file systems of the guest: what is written waits until they are let go', async () => {
    await whileFrozen(paths().agent, async () => {
      await shell('(echo kept >/root/frozen; echo "wrote $((40 + 2))" >/dev/console) & true')
      await sleep(1_500)
      expect(await console()).not.toContain('wrote 42')
    })
    await expect.poll(console, { timeout: 20_000 }).toContain('wrote 42')
    expect(await shell('cat /root/frozen')).toContain('kept')
  }, 60_000)

  it('copies the disk of a frozen guest, which goes on before the copy is whole', async () => {
    await shell('echo not-synced-by-hand >/root/before')
    const exportId = randomUUID()
    const signal = new AbortController().signal
    const unfrozen: string[] = []
    await driver.disks.export(spec, exportId, {
      signal,
      onProgress: () => {},
      quiesce: 'require',
      onUnfrozen: (why) => unfrozen.push(why),
    })
    expect(unfrozen).toEqual([])
    expect(await shell('echo goes-on >/root/after; sync; cat /root/after')).toContain('goes-on')
    const { body } = await driver.disks.openExport(spec.instanceId, exportId)
    const copy = join(hostDir, 'frozen.qcow2')
    writeFileSync(copy, await buffer(body))
    await driver.disks.dropExport(spec.instanceId, exportId)
    const raw = join(hostDir, 'frozen.raw')
    execFileSync('qemu-img', ['convert', '-O', 'raw', copy, raw])
    const bytes = readFileSync(raw)
    expect(bytes.includes('not-synced-by-hand')).toBe(true)
    rmSync(raw)
    rmSync(copy)
  }, 120_000)

  it('pauses: the guest stands still, and goes on where it was', async () => {
    await shell('(n=0; while :; do n=$((n+1)); echo "tick $n" >/dev/console; sleep 0.2; done) & true')
    await expect.poll(lastTick, { timeout: 20_000 }).toBeGreaterThan(2)
    expect(await driver.holds.pause(spec.instanceId)).toMatchObject({ powerState: 3 })
    const before = await lastTick()
    await sleep(1_500)
    expect(await lastTick()).toBeLessThanOrEqual(before + 1)
    expect(await driver.holds.pause(spec.instanceId)).toMatchObject({ powerState: 3 })
    expect(await driver.holds.unpause(spec.instanceId)).toMatchObject({ powerState: 1 })
    await expect.poll(lastTick, { timeout: 20_000 }).toBeGreaterThan(before + 2)
  }, 60_000)

  it('suspends: the process is gone, and the guest goes on where it was, also for another worker', async () => {
    await shell('echo only-in-memory >/tmp/marker')
    expect(await driver.holds.suspend(spec.instanceId)).toMatchObject({ powerState: 7, pid: null })
    expect(processes()).toEqual([])
    const before = await lastTick()
    const { memory, memorySocket } = paths()
    expect(statSync(memory).size).toBeGreaterThan(10 * 1024 ** 2)
    expect(statSync(memory).mode & 0o077).toBe(0)
    expect(existsSync(memorySocket)).toBe(false)
    expect(await driver.holds.suspend(spec.instanceId)).toMatchObject({ powerState: 7 })

    await driver.close()
    await open()
    expect(await driver.adopt()).toMatchObject([{ powerState: 7 }])
    expect(await driver.holds.resume(spec)).toMatchObject({ powerState: 1 })
    expect(await driver.holds.resume(spec)).toMatchObject({ powerState: 1 })
    expect(existsSync(memory)).toBe(false)
    await expect.poll(lastTick, { timeout: 20_000 }).toBeGreaterThan(before + 2)
    // What is typed at the same console may break into a line; a guest that began anew would count anew.
    const all = await ticks()
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b))
    expect(all.find((tick) => tick > before)).toBeLessThanOrEqual(before + 2)
    expect((await console()).match(/^READY /gm)).toHaveLength(1)
    expect(await shell('cat /tmp/marker')).toContain('only-in-memory')
    expect(await driver.agents.facts(spec.instanceId)).toMatchObject({ agentVersion: 'nephos-tiny 1' })
  }, 180_000)

  it('keeps what is saved when it cannot be loaded', async () => {
    await driver.holds.suspend(spec.instanceId)
    const { memory } = paths()
    copyFileSync(memory, join(hostDir, 'good'))
    truncateSync(memory, 1024 ** 2)
    await expect(driver.holds.resume(spec)).rejects.toMatchObject({ code: 'driver_failed' })
    expect(await driver.status(spec.instanceId)).toMatchObject({ powerState: 7, pid: null })
    expect(processes()).toEqual([])
    expect(existsSync(memory)).toBe(true)
    copyFileSync(join(hostDir, 'good'), memory)
    expect(await driver.holds.resume(spec)).toMatchObject({ powerState: 1 })
    expect(await shell('cat /tmp/marker')).toContain('only-in-memory')
  }, 180_000)

  it('a suspension that is cancelled lets the guest go on', async () => {
    const before = await lastTick()
    await expect(driver.holds.suspend(spec.instanceId, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(await driver.status(spec.instanceId)).toMatchObject({ powerState: 1 })
    expect(existsSync(paths().memory)).toBe(false)
    await expect.poll(lastTick, { timeout: 20_000 }).toBeGreaterThan(before + 2)
  }, 60_000)

  it('interrupts the guest', async () => {
    await driver.holds.interrupt(spec.instanceId)
    await expect.poll(console, { timeout: 20_000 }).toMatch(/NMI received/)
  }, 60_000)

  it(
    'rescues from a temporary disk with the own disk as the second one, and takes that back',
    async () => {
      await shell('echo of-the-owner >/root/marker; sync')
      await driver.stop(spec.instanceId, { timeoutMs: 0 })
      const rescued = { ...spec, rescue: spec.image! }
      await driver.rescueDisks.create(rescued)
      events = []
      await driver.start(rescued)
      await ready()
      const own = password
      password = 'nephos'
      expect(await shell('awk \'$2 == "/" {print $1}\' /proc/mounts')).toContain('/dev/vda2')
      expect(await shell('ls /root/marker')).toContain('No such file')
      expect(await shell('mount /dev/vdb2 /mnt && cat /mnt/root/marker')).toContain('of-the-owner')
      await shell('echo repaired >/mnt/root/marker; umount /mnt; sync')

      await driver.stop(spec.instanceId, { timeoutMs: 0 })
      password = own
      events = []
      await driver.start(spec)
      await driver.rescueDisks.remove(spec.instanceId)
      await driver.rescueDisks.remove(spec.instanceId)
      await ready()
      expect(await shell('cat /root/marker')).toContain('repaired')
      expect(readdirSync(paths().vm).filter((name) => name.startsWith('rescue'))).toEqual([])
    },
    3 * bootMs,
  )

  it('a start without the saved memory forgets it', async () => {
    await driver.holds.suspend(spec.instanceId)
    await driver.stop(spec.instanceId, { timeoutMs: 0 })
    expect(await driver.status(spec.instanceId)).toMatchObject({ powerState: 4 })
    await driver.start(spec)
    expect(existsSync(paths().memory)).toBe(false)
    await driver.stop(spec.instanceId, { timeoutMs: 0 })
    await expect(driver.holds.resume(spec)).rejects.toMatchObject({ code: 'conflict' })
    await expect(driver.holds.pause(spec.instanceId)).rejects.toMatchObject({ code: 'conflict' })
  }, 60_000)
})

function commandOf(pid: string): string {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return command.includes('qemu-system') ? command : ''
  } catch {
    return ''
  }
}
