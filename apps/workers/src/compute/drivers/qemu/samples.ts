import { readdir, readFile, readlink } from 'node:fs/promises'
import { z } from 'zod'
import type { DiskCounters, LinkCounters, MachineSample, Samples } from '../../samples.ts'
import { asGuestSees, parseLinks, threadTime } from '../host/proc.ts'
import { sampleHost } from '../host/sample-host.ts'
import { isAlive, type ProcessIdentity } from './process-identity.ts'
import type { QmpClient } from './qmp-client.ts'

/** A machine to look at: its process, and its monitor when there is a connection. */
export interface SampleSource {
  instanceId: string
  identity: ProcessIdentity
  qmp: Pick<QmpClient, 'execute'> | null
}

/** What is remembered of a machine between two looks. */
interface Known {
  epoch: string
  /** Threads of QEMU when it was looked at which of them are vCPUs. */
  tasks: string
  threads: string[]
  /** Looks at which its monitor is left alone, because it did not answer. */
  rest: number
  balloon: Pick<QmpClient, 'execute'> | null
}

type Execute = (command: string, args: { [key: string]: unknown }) => Promise<unknown>

const monitorMs = 1_500
const restRounds = 6
const pollSeconds = 10
const balloonPath = '/machine/peripheral/balloon'
/** Guest statistics older than this say nothing about now. */
const staleSeconds = 60

/**
 * Reads the counters of a host's machines. Processor, memory and network come from /proc, so they are there also while
 * a monitor hangs; a monitor that does not answer in 1.5 s is left alone for six looks. All machines are asked at once.
 */
export class QemuSampler {
  readonly #known = new Map<string, Known>()
  readonly #dir: string

  constructor(instancesDir: string) {
    this.#dir = instancesDir
  }

  /** One look at everything; takes little more than the slowest monitor may, 1.5 s. */
  async sample(sources: readonly SampleSource[]): Promise<Samples> {
    const alive = sources.filter(({ identity }) => isAlive(identity))
    const present = new Set(alive.map(({ instanceId }) => instanceId))
    for (const id of this.#known.keys()) if (!present.has(id)) this.#known.delete(id)
    const [machines, links, host] = await Promise.all([
      Promise.all(alive.map((source) => this.#machine(source))),
      tapCounters(alive.map(({ identity }) => identity.pid)),
      sampleHost(this.#dir),
    ])
    return { machines: machines.filter((machine) => machine !== null), links, host }
  }

  async #machine({ instanceId, identity, qmp }: SampleSource): Promise<MachineSample | null> {
    const epoch = `${identity.bootId} ${identity.pid} ${identity.startTime}`
    let known = this.#known.get(instanceId)
    if (known?.epoch !== epoch) {
      known = { epoch, tasks: '', threads: [], rest: 0, balloon: null }
      this.#known.set(instanceId, known)
    }
    const at = Date.now()
    const [vcpuNs, memoryResident, monitor] = await Promise.all([
      vcpuTimes(identity.pid, known),
      residentBytes(identity.pid),
      this.#askMonitor(known, qmp),
    ])
    // It ended meanwhile.
    if (vcpuNs === null) return null
    return { instanceId, at, epoch, vcpuNs, memoryResident, ...monitor }
  }

  async #askMonitor(
    known: Known,
    qmp: SampleSource['qmp'],
  ): Promise<Pick<MachineSample, 'disk' | 'memoryUsed'>> {
    const nothing = { disk: null, memoryUsed: null }
    if (!qmp) return nothing
    if (known.rest > 0) {
      known.rest--
      return nothing
    }
    const deadline = performance.now() + monitorMs
    const execute: Execute = (command, args) =>
      qmp.execute(command, args, Math.max(1, deadline - performance.now()))
    try {
      const disk = diskCounters(await execute('query-blockstats', {}))
      return { disk, memoryUsed: await guestMemory(known, qmp, execute) }
    } catch {
      known.rest = restRounds
      return nothing
    }
  }
}

/** QEMU names its threads (`debug-threads=on`): `CPU 0/KVM`, `CPU 1/TCG`. */
async function vcpuTimes(pid: number, known: Known): Promise<number[] | null> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => [])
  if (tasks.join() !== known.tasks) {
    known.tasks = tasks.join()
    known.threads = await vcpuThreads(pid, tasks)
  }
  if (known.threads.length === 0) {
    const whole = threadTime(null, await text(`/proc/${pid}/stat`))
    return whole === null ? null : [whole]
  }
  const times = await Promise.all(known.threads.map((thread) => timeOf(pid, thread)))
  return times.every((time) => time !== null) ? times : null
}

async function vcpuThreads(pid: number, tasks: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    tasks.map(async (task) => {
      const index = /^CPU (\d+)\//.exec((await text(`/proc/${pid}/task/${task}/comm`)) ?? '')?.[1]
      return index === undefined ? null : { task, index: Number(index) }
    }),
  )
  return found
    .filter((thread) => thread !== null)
    .sort((a, b) => a.index - b.index)
    .map(({ task }) => task)
}

async function timeOf(pid: number, task: string): Promise<number | null> {
  const dir = `/proc/${pid}/task/${task}`
  const [schedstat, stat] = await Promise.all([text(`${dir}/schedstat`), text(`${dir}/stat`)])
  return stat === null ? null : threadTime(schedstat, stat)
}

async function residentBytes(pid: number): Promise<number | null> {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec((await text(`/proc/${pid}/status`)) ?? '')?.[1]
  return kib === undefined ? null : Number(kib) * 1024
}

/** The taps of all machines: one read for each network namespace, which on a host is one. */
async function tapCounters(pids: readonly number[]): Promise<Map<string, LinkCounters>> {
  const inNamespace = new Map<string, number>()
  await Promise.all(
    pids.map(async (pid) => {
      const namespace = await readlink(`/proc/${pid}/ns/net`).catch(() => null)
      if (namespace) inNamespace.set(namespace, pid)
    }),
  )
  const links = new Map<string, LinkCounters>()
  for (const pid of inNamespace.values())
    for (const [name, link] of parseLinks((await text(`/proc/${pid}/net/dev`)) ?? ''))
      if (name.startsWith('tap')) links.set(name, asGuestSees(link))
  return links
}

const blockStats = z.array(
  z.object({
    qdev: z.string().optional(),
    stats: z.object({
      rd_bytes: z.number(),
      wr_bytes: z.number(),
      rd_operations: z.number(),
      wr_operations: z.number(),
    }),
  }),
)

/** What the guest did with its disks. Nodes that no device of the guest uses (backing images) do not count. */
export function diskCounters(answer: unknown): DiskCounters | null {
  const parsed = blockStats.safeParse(answer)
  if (!parsed.success) return null
  const sum = { readBytes: 0, writeBytes: 0, readOps: 0, writeOps: 0 }
  for (const { qdev, stats } of parsed.data) {
    if (!qdev) continue
    sum.readBytes += stats.rd_bytes
    sum.writeBytes += stats.wr_bytes
    sum.readOps += stats.rd_operations
    sum.writeOps += stats.wr_operations
  }
  return sum
}

const guestStats = z.object({ 'last-update': z.number(), stats: z.record(z.string(), z.number()) })

async function guestMemory(
  known: Known,
  qmp: NonNullable<SampleSource['qmp']>,
  execute: Execute,
): Promise<number | null> {
  try {
    // The interval is lost with QEMU, but not with the connection; asking again does no harm.
    if (known.balloon !== qmp) {
      const property = 'guest-stats-polling-interval'
      await execute('qom-set', { path: balloonPath, property, value: pollSeconds })
      known.balloon = qmp
    }
    const answer = await execute('qom-get', { path: balloonPath, property: 'guest-stats' })
    return usedMemory(answer, Date.now() / 1000)
  } catch {
    return null
  }
}

/** What the guest uses, in bytes, from `guest-stats`; null when it says nothing or has not for a minute. */
export function usedMemory(answer: unknown, nowSeconds: number): number | null {
  const parsed = guestStats.safeParse(answer)
  if (!parsed.success || nowSeconds - parsed.data['last-update'] > staleSeconds) return null
  const known = (name: string) => {
    const value = parsed.data.stats[name]
    // What a guest does not tell is all ones.
    return value !== undefined && value >= 0 && value < 2 ** 60 ? value : null
  }
  const total = known('stat-total-memory')
  const free = known('stat-available-memory') ?? known('stat-free-memory')
  return total === null || free === null ? null : Math.max(0, total - free)
}

const text = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null)
