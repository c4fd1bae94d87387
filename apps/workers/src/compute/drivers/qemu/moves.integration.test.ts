import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MachineSpec } from '../../driver.ts'
import type { LiveProgress } from '../../moves.ts'
import { detectCompute } from './detect.ts'
import { QemuDriver } from './driver.ts'
import { instancePaths } from './instance-paths.ts'
import { type GuestImage, guestImage } from './testing/guest-image.ts'
import { connectUnix } from './unix-socket.ts'

const bootMs = 120_000
const dir = mkdtempSync(join(tmpdir(), 'nephos-moves-'))
const detection = await detectCompute({
  computeDriver: 'auto',
  accelerator: 'tcg',
  qemuUser: 'nephos-qemu',
  stateDir: dir,
  guestDir: dir,
})
const underlay = { address: '127.0.0.1', netns: null }
const quiet = { signal: new AbortController().signal, onProgress: () => {} }

/** Two hosts, each with its own directories, on one machine. */
describe.skipIf(detection.driver !== 'qemu')('moves of QEMU machines', () => {
  let image: GuestImage
  let a: QemuDriver
  let b: QemuDriver
  let spec: MachineSpec

  const open = (host: string, disksDir: string | null = null): Promise<QemuDriver> =>
    QemuDriver.open({
      hostName: host,
      disksDir,
      instancesDir: join(dir, host, 'instances'),
      cacheDir: join(dir, host, 'cache'),
      qemuUser: 'nephos-qemu',
      accelerator: 'tcg',
      consoleLogBytes: 1_048_576,
      log: { info: () => {}, warn: () => {} },
    })
  const processes = () =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return /^(\S*\/)?qemu-system/.test(command) && command.includes(spec.instanceId)
      } catch {
        return false
      }
    })
  const consoleOf = async (driver: QemuDriver) =>
    (await driver.readConsole(spec.instanceId, 0, 1_048_576)).text
  const ticks = (text: string) => [...text.matchAll(/^tick (\d+)\r?$/gm)].map(([, n]) => Number(n))
  const running = async (driver: QemuDriver) => (await driver.status(spec.instanceId)).powerState === 1

  /** Types on the serial console, after each line waiting for what it answers. */
  async function type(host: string, lines: readonly (readonly [string, RegExp])[]): Promise<string> {
    const socket = await connectUnix(
      instancePaths(join(dir, host, 'instances'), spec.instanceId).serial,
      5_000,
    )
    let all = ''
    try {
      let heard = ''
      socket.on('data', (data) => {
        heard += data.toString()
        all += data.toString()
      })
      for (const [line, answer] of lines) {
        heard = ''
        socket.write(`${line}\n`)
        await expect.poll(() => heard, { timeout: 30_000 }).toMatch(answer)
      }
    } finally {
      socket.destroy()
    }
    return all
  }
  const login = [
    ['', /login: $/],
    ['root', /Password: $/],
    ['nephos', /# \S*$/],
  ] as const
  const booted = async (driver: QemuDriver) =>
    expect
      .poll(async () => (await consoleOf(driver)).slice(-400), { timeout: bootMs, interval: 200 })
      .toMatch(/login: $/)

  async function make(on: QemuDriver = a): Promise<void> {
    spec = {
      instanceId: randomUUID(),
      name: 'mover',
      vcpus: 1,
      ramMib: 192,
      diskGib: 1,
      image,
      nics: [],
      netns: null,
    }
    await on.createDisk(spec)
    await on.start(spec)
    await booted(on)
  }

  beforeAll(async () => {
    image = await guestImage()
    ;[a, b] = await Promise.all([open('a'), open('b')])
    await Promise.all([a, b].map((driver) => driver.cacheImage(image, quiet)))
  }, 300_000)
  afterEach(async () => {
    if (spec) await Promise.all([a, b].map((driver) => driver.destroy(spec.instanceId)))
  }, 60_000)
  afterAll(async () => {
    await Promise.all([a?.close(), b?.close()])
    rmSync(dir, { recursive: true, force: true })
  })

  it(
    'moves a machine that is off to another host; there the guest has more of everything and its files',
    async () => {
      await make()
      await type('a', [...login, ['echo kept > /root/note; sync; echo written', /^written/m]])
      await a.stop(spec.instanceId, { timeoutMs: 0 })
      const migrationId = randomUUID()
      const offer = await a.cold.offer(spec.instanceId, migrationId, underlay)
      expect(await a.cold.offer(spec.instanceId, migrationId, underlay)).toEqual(offer)
      const seen: number[] = []
      const options = { ...quiet, netns: null, onProgress: (done: number) => seen.push(done) }
      await b.cold.receive(spec, offer, options)
      await b.cold.receive(spec, offer, options)
      expect(seen.at(-1)).toBeGreaterThan(100_000)
      await a.cold.withdraw(spec.instanceId)
      const large = { ...spec, vcpus: 2, ramMib: 320, diskGib: 2 }
      await b.cold.grow(large)
      await b.cold.grow(large)
      await b.start(large)
      // The log came along, so the guest of before can be read, too.
      await expect
        .poll(async () => (await consoleOf(b)).split('login: ').length, { timeout: bootMs, interval: 200 })
        .toBeGreaterThan(3)
      const said = await type('b', [
        ...login,
        ['echo cpus=$(nproc) kib=$(grep MemTotal /proc/meminfo) note=$(cat /root/note)', /note=kept/],
        ['echo disk=$(df -m / | tail -1)', /disk=\S+ +\d+/],
      ])
      expect(said).toContain('cpus=2 ')
      expect(Number(/kib=MemTotal: (\d+)/.exec(said)?.[1])).toBeGreaterThan(250_000)
      expect(Number(/disk=\S+ (\d+)/.exec(said)?.[1])).toBeGreaterThan(1_800)
      expect(processes()).toHaveLength(1)
    },
    3 * bootMs,
  )

  it(
    'keeps the disks of a machine that is resized where it is, and brings them back',
    async () => {
      await make()
      await a.stop(spec.instanceId, { timeoutMs: 0 })
      const migrationId = randomUUID()
      await a.cold.keep(spec.instanceId, migrationId)
      await a.cold.keep(spec.instanceId, migrationId)
      await a.cold.grow({ ...spec, diskGib: 2 })
      await a.start({ ...spec, diskGib: 2 })
      await a.stop(spec.instanceId, { timeoutMs: 0 })
      await a.cold.bringBack(spec.instanceId, migrationId)
      await a.cold.bringBack(spec.instanceId, migrationId)
      const { disk } = instancePaths(join(dir, 'a', 'instances'), spec.instanceId)
      expect(readFileSync(disk).readBigUInt64BE(24)).toBe(1024n ** 3n)
      await a.cold.keep(spec.instanceId, migrationId)
      await a.start(spec)
      // While it runs, QEMU itself forgets.
      await a.cold.forget(spec.instanceId, migrationId)
      await a.cold.forget(spec.instanceId, migrationId)
      expect(await running(a)).toBe(true)
    },
    2 * bootMs,
  )

  const count = ['i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done &', /tick 3/] as const

  it(
    'moves a running guest with its disk: it never notices, and runs once',
    async () => {
      await make()
      await type('a', [...login, ['echo before > /root/note; sync; echo written', /^written/m], count])
      const migrationId = randomUUID()
      const cargo = await a.live.cargo(spec.instanceId, { sharedDisks: false })
      expect(cargo.disks).toEqual([{ node: 'root', bytes: 1024 ** 3 }])
      const door = await b.live.prepare(spec, migrationId, cargo, '127.0.0.1')
      expect(await b.live.prepare(spec, migrationId, cargo, '127.0.0.1')).toEqual(door)
      const seen: LiveProgress[] = []
      const options = {
        migrationId,
        door,
        cargo,
        bandwidth: 0,
        onEnd: async () => {},
        signal: quiet.signal,
        onProgress: async (progress: LiveProgress) => {
          seen.push(progress)
          return { pause: false }
        },
      }
      expect(await b.live.arrived(spec.instanceId)).toBe(false)
      await a.live.copy(spec.instanceId, options)
      expect(await running(a)).toBe(false)
      expect(await running(b)).toBe(false)
      await expect(b.live.finish(spec.instanceId, { resume: true })).rejects.toMatchObject({
        code: 'driver_failed',
      })
      const began = performance.now()
      expect(await a.live.switchOver(spec.instanceId, migrationId)).toBe('completed')
      expect(await a.live.switchOver(spec.instanceId, migrationId)).toBe('completed')
      expect(await b.live.finish(spec.instanceId, { resume: true })).toMatchObject({ powerState: 1 })
      expect(performance.now() - began).toBeLessThan(10_000)
      expect(await b.live.arrived(spec.instanceId)).toBe(true)
      await b.live.finish(spec.instanceId, { resume: true })
      expect(await running(a)).toBe(false)
      await expect(a.live.cancel(spec.instanceId, migrationId, { resume: true })).rejects.toMatchObject({
        code: 'conflict',
      })
      expect(await running(a)).toBe(false)
      const left = ticks(await consoleOf(a)).at(-1)!
      await a.destroy(spec.instanceId)
      await expect
        .poll(async () => ticks(await consoleOf(b)).at(-1) ?? 0, { timeout: 30_000 })
        .toBeGreaterThan(left + 20)
      const arrived = ticks(await consoleOf(b))
      // One line may have been cut in two by the move.
      expect(arrived[0]! - left).toBeLessThanOrEqual(2)
      expect(arrived[0]!).toBeGreaterThan(left)
      expect(arrived).toEqual(arrived.map((_, index) => arrived[0]! + index))
      expect(await type('b', [['cat /root/note', /before/]])).toContain('before')
      expect(processes()).toHaveLength(1)
      expect(seen.at(-1)!.totalBytes).toBeGreaterThan(100_000_000)
    },
    2 * bootMs,
  )

  it(
    'moves a running guest whose disks both hosts see: none is copied, and none is removed by who has no part in it',
    async () => {
      const shared = join(dir, 'shared')
      // QEMU's user reaches them by their path.
      chmodSync(dir, 0o711)
      const [c, d] = await Promise.all(['c', 'd'].map((host) => open(host, shared)))
      if (!c || !d) throw new Error('no hosts')
      try {
        await c.cacheImage(image, quiet)
        // What one host has copied of the image, the other one has, too.
        await d.cacheImage({ ...image, open: () => Promise.reject(new Error('copied twice')) }, quiet)
        await make(c)
        const path = join(shared, spec.instanceId, 'vm/root.qcow2')
        const { ino, birthtimeMs } = statSync(path)
        await type('c', [...login, ['echo before > /root/note; sync; echo written', /^written/m], count])
        const probe = (await c.storage.offer(spec.instanceId))!
        expect(await d.storage.sees(spec.instanceId, probe)).toBe(true)
        await c.storage.withdraw(probe)
        expect(await d.storage.sees(spec.instanceId, probe)).toBe(false)

        const go = async (from: QemuDriver, to: QemuDriver) => {
          const migrationId = randomUUID()
          const cargo = await from.live.cargo(spec.instanceId, { sharedDisks: true })
          expect(cargo).toEqual({ disks: [], sharedDisks: true })
          const door = await to.live.prepare(spec, migrationId, cargo, '127.0.0.1')
          expect(door.disks).toBeNull()
          const phases = new Set<string>()
          await from.live.copy(spec.instanceId, {
            migrationId,
            door,
            cargo,
            bandwidth: 0,
            onEnd: async () => {},
            signal: quiet.signal,
            onProgress: async ({ phase }) => {
              phases.add(phase)
              return { pause: false }
            },
          })
          expect(phases).toEqual(new Set(['memory']))
          return migrationId
        }
        // Without being told that they are shared, the destination does not touch them.
        const blind = await c.live.cargo(spec.instanceId, { sharedDisks: false })
        await expect(d.live.prepare(spec, randomUUID(), blind, '127.0.0.1')).rejects.toMatchObject({
          code: 'driver_failed',
          message: expect.stringContaining('as those of c'),
        })

        const first = await go(c, d)
        await c.live.cancel(spec.instanceId, first, { resume: true })
        await d.destroy(spec.instanceId)
        const stood = ticks(await consoleOf(c)).at(-1)!
        await expect
          .poll(async () => ticks(await consoleOf(c)).at(-1)!, { timeout: 30_000 })
          .toBeGreaterThan(stood + 5)

        const second = await go(c, d)
        expect(await c.live.switchOver(spec.instanceId, second)).toBe('completed')
        expect(await d.live.finish(spec.instanceId, { resume: true })).toMatchObject({ powerState: 1 })
        await c.destroy(spec.instanceId)
        const note = 'cat /root/note; echo after > /root/more; sync; echo written'
        expect(await type('d', [[note, /^written/m]])).toMatch(/^before/m)
        expect(processes()).toHaveLength(1)
        expect(statSync(path)).toMatchObject({ ino, birthtimeMs })

        // The host is lost. As long as its machine runs no other one starts from the same disks.
        expect(await c.storage.adopt(spec.instanceId)).toBe(true)
        await c.createDisk(spec)
        await expect(c.start(spec)).rejects.toMatchObject({ message: expect.stringMatching(/lock/) })
        await d.stop(spec.instanceId, { timeoutMs: 0 })
        await c.start(spec)
        await c.storage.dismiss(spec.instanceId, 'd')
        await d.destroy(spec.instanceId)
        await booted(c)
        expect(await type('c', [...login, ['cat /root/note /root/more', /before\s+after/]])).toContain(
          'after',
        )
        await c.destroy(spec.instanceId)
        expect(existsSync(join(shared, spec.instanceId))).toBe(false)
      } finally {
        await Promise.all([c, d].map((driver) => driver.destroy(spec.instanceId)))
        await Promise.all([c, d].map((driver) => driver.close()))
      }
    },
    3 * bootMs,
  )

  it(
    'takes a migration back, also one that a former worker began, and the guest goes on where it was',
    async () => {
      await make()
      await type('a', [...login, count])
      const migrationId = randomUUID()
      const cargo = await a.live.cargo(spec.instanceId, { sharedDisks: false })
      const door = await b.live.prepare(spec, migrationId, cargo, '127.0.0.1')
      const options = {
        migrationId,
        door,
        cargo,
        bandwidth: 0,
        onEnd: async () => {},
        signal: quiet.signal,
        onProgress: async () => ({ pause: false }),
      }
      await a.live.copy(spec.instanceId, options)
      // Both workers are killed while the guest stands still.
      await Promise.all([a.close(), b.close()])
      ;[a, b] = await Promise.all([open('a'), open('b')])
      await Promise.all([a.adopt(), b.adopt()])
      expect(await b.live.prepare(spec, migrationId, cargo, '127.0.0.1')).toEqual(door)
      await a.live.copy(spec.instanceId, options)
      await a.live.cancel(spec.instanceId, migrationId, { resume: true })
      await a.live.cancel(spec.instanceId, migrationId, { resume: true })
      await b.destroy(spec.instanceId)
      const stood = ticks(await consoleOf(a)).at(-1)!
      await expect
        .poll(async () => ticks(await consoleOf(a)).at(-1)!, { timeout: 30_000 })
        .toBeGreaterThan(stood + 5)
      expect(processes()).toHaveLength(1)
      expect(existsSync(join(dir, 'b', 'instances', spec.instanceId))).toBe(false)

      // A second try does not stumble over what is left of the first.
      const again = randomUUID()
      const second = await b.live.prepare(spec, again, cargo, '127.0.0.1')
      await a.live.copy(spec.instanceId, { ...options, migrationId: again, door: second })
      expect(await a.live.switchOver(spec.instanceId, again)).toBe('completed')
      await b.live.finish(spec.instanceId, { resume: true })
      await a.destroy(spec.instanceId)

      // That it has come by a migration is not taken for having left by one.
      const home = randomUUID()
      const third = await a.live.prepare(spec, home, cargo, '127.0.0.1')
      const cut = new AbortController()
      const way = { ...options, migrationId: home, door: third }
      const begun = b.live.copy(spec.instanceId, {
        ...way,
        signal: cut.signal,
        bandwidth: 5_000_000,
        onProgress: async () => {
          cut.abort()
          return { pause: false }
        },
      })
      await expect(begun).rejects.toMatchObject({ code: 'cancelled' })
      expect(await running(b)).toBe(true)
      await b.live.copy(spec.instanceId, way)
      expect(await running(b)).toBe(false)
      expect(await b.live.arrived(spec.instanceId)).toBe(false)
      await b.live.cancel(spec.instanceId, home, { resume: true })
      expect(await running(b)).toBe(true)
      await a.destroy(spec.instanceId)
      const last = ticks(await consoleOf(b)).at(-1) ?? 0
      await expect
        .poll(async () => ticks(await consoleOf(b)).at(-1) ?? 0, { timeout: 30_000 })
        .toBeGreaterThan(last + 5)
    },
    3 * bootMs,
  )

  it(
    'brings a guest over that is too busy, when it may pause it; refuses what cannot be',
    async () => {
      await make()
      await type('a', [
        ...login,
        ['(while :; do dd if=/dev/urandom of=/tmp/x bs=64k count=200 2>/dev/null; done) &', /# \S*$/],
        count,
      ])
      const migrationId = randomUUID()
      const cargo = await a.live.cargo(spec.instanceId, { sharedDisks: false })
      const door = await b.live.prepare(spec, migrationId, cargo, '127.0.0.1')
      let asked = 0
      await a.live.copy(spec.instanceId, {
        migrationId,
        door,
        cargo,
        bandwidth: 200_000_000,
        onEnd: async () => {},
        signal: quiet.signal,
        onProgress: async ({ phase }) => ({ pause: phase === 'memory' && ++asked > 1 }),
      })
      expect(await a.live.switchOver(spec.instanceId, migrationId)).toBe('completed')
      expect(await b.live.finish(spec.instanceId, { resume: true })).toMatchObject({ powerState: 1 })
      await expect(a.cold.offer(spec.instanceId, migrationId, underlay)).rejects.toMatchObject({
        code: 'conflict',
      })
      await a.destroy(spec.instanceId)
      await expect(a.live.cargo(spec.instanceId, { sharedDisks: false })).rejects.toMatchObject({
        code: 'conflict',
      })
      await expect(b.live.prepare(spec, randomUUID(), cargo, '127.0.0.1')).rejects.toMatchObject({
        code: 'conflict',
      })
    },
    2 * bootMs,
  )
})
