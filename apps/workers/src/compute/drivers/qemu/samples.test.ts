import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, expect, it, vi } from 'vitest'
import { parseIdentity } from './process-identity.ts'
import { diskCounters, QemuSampler, usedMemory } from './samples.ts'

afterEach(() => vi.restoreAllMocks())

const stats = (bytes: number) => ({
  rd_bytes: bytes,
  wr_bytes: bytes,
  rd_operations: 1,
  wr_operations: 1,
})

it('counts the disks of the guest, not the images below them', () => {
  expect(
    diskCounters([
      { qdev: '/machine/peripheral/disk-root/virtio-backend', stats: stats(100) },
      { qdev: '/machine/peripheral/disk-1', stats: stats(10) },
      { 'node-name': 'base', stats: stats(5_000) },
    ]),
  ).toEqual({ readBytes: 110, writeBytes: 110, readOps: 2, writeOps: 2 })
  expect(diskCounters({ error: 'none' })).toBeNull()
})

it('believes what a guest said within the last minute', () => {
  const answer = (lastUpdate: number, available = 300) => ({
    'last-update': lastUpdate,
    stats: {
      'stat-total-memory': 1_000,
      'stat-available-memory': available,
      'stat-free-memory': 100,
    },
  })
  expect(usedMemory(answer(1_000), 1_030)).toBe(700)
  expect(usedMemory(answer(1_000, 2 ** 64 - 1), 1_030)).toBe(900)
  expect(usedMemory(answer(1_000), 1_100)).toBeNull()
  expect(usedMemory({ 'last-update': 0, stats: {} }, 1_000)).toBeNull()
})

/** This process in the place of QEMU: it is alive, and its counters are those of any process. */
const self = () =>
  parseIdentity(
    `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}\n${readFileSync('/proc/self/stat', 'utf8')}`,
  )!

it('does not wait for a monitor that hangs, leaves it alone for a while, and measures the rest meanwhile', async () => {
  const sampler = new QemuSampler(tmpdir())
  const hanging = vi.fn(
    (_command: string, _args?: object, timeoutMs = 0) =>
      new Promise<unknown>((_, reject) => setTimeout(() => reject(new Error('timeout')), timeoutMs)),
  )
  const well = vi.fn(async () => [{ qdev: 'a', stats: stats(7) }])
  const sources = [
    { instanceId: 'hangs', identity: self(), qmp: { execute: hanging } },
    { instanceId: 'well', identity: self(), qmp: { execute: well } },
  ]
  const start = performance.now()
  const first = await sampler.sample(sources)
  expect(performance.now() - start).toBeLessThan(4_000)
  const [hangs, fine] = first.machines
  expect(hangs).toMatchObject({ disk: null, memoryUsed: null })
  expect(hangs!.vcpuNs[0]).toBeGreaterThan(0)
  expect(hangs!.memoryResident).toBeGreaterThan(0)
  expect(fine!.disk).toMatchObject({ readBytes: 7 })
  await sampler.sample(sources)
  expect(hanging).toHaveBeenCalledTimes(1)
  for (let round = 0; round < 6; round++) await sampler.sample(sources)
  expect(hanging).toHaveBeenCalledTimes(2)
})

it('leaves out a process that has ended', async () => {
  const identity = { ...self(), startTime: '1' }
  const { machines } = await new QemuSampler(tmpdir()).sample([{ instanceId: 'i', identity, qmp: null }])
  expect(machines).toEqual([])
})
