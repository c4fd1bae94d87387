import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import type { CopyOptions } from '../../moves.ts'
import { downtimeLimitMs, isEndNear } from './copy-end.ts'
import type { QmpClient } from './qmp-client.ts'

const job = z.object({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  'current-progress': z.number(),
  'total-progress': z.number(),
  error: z.string().optional(),
})
const migration = z.object({
  status: z.string().optional(),
  'error-desc': z.string().optional(),
  ram: z
    .object({
      total: z.number(),
      remaining: z.number(),
      transferred: z.number(),
      'dirty-sync-count': z.number(),
      mbps: z.number(),
    })
    .optional(),
})
const memorySize = z.object({ 'base-memory': z.number(), 'plugged-memory': z.number().default(0) })

const disksEveryMs = 250
/** From the switch-over on the guest stands still, so it is looked for often. */
const memoryEveryMs = 10
const reportEveryMs = 250
/** Never negotiated lower than what a busy little machine does by itself. */
const unlimited = 1 << 30

/** What QEMU says of its migration, of either direction. */
export const queryMigration = async (monitor: QmpClient): Promise<z.output<typeof migration>> =>
  migration.parse(await monitor.execute('query-migrate'))

/**
 * What QEMU says of a migration away from here: none, setup, active, pre-switchover, device, completed, failed,
 * cancelling, cancelled. A guest that has come by a migration says of that one that it is completed, without numbers.
 */
export async function queryOutgoing(monitor: QmpClient): Promise<z.output<typeof migration>> {
  const all = await queryMigration(monitor)
  return all.status === 'completed' && !all.ram ? {} : all
}

/** Whether the whole guest has come here by a migration, and none has led it away since. */
export async function hasArrived(monitor: QmpClient): Promise<boolean> {
  const { status, ram } = await queryMigration(monitor)
  return status === 'completed' && !ram
}

const prefixOf = (migrationId: string): string => `move-${migrationId}-`

/** The block mirrors of a migration. */
export async function jobsOf(monitor: QmpClient, migrationId: string): Promise<z.output<typeof job>[]> {
  const jobs = z.array(job).parse(await monitor.execute('query-jobs'))
  return jobs.filter(({ id }) => id.startsWith(prefixOf(migrationId)))
}

/**
 * Copies disks and memory until QEMU waits before the switch-over. What a former worker began is joined.
 * @returns since when the guest stands still, in ms of the epoch
 * @throws NephosError driver_failed in QEMU's words; cancelled
 */
export async function copyOut(monitor: QmpClient, options: CopyOptions): Promise<number> {
  const { migrationId, cargo, signal, bandwidth } = options
  const end = new End(monitor, options)
  const report = reporter(end, options)
  const begun = await jobsOf(monitor, migrationId)
  const { status } = await queryOutgoing(monitor)
  const under = ['setup', 'active', 'pre-switchover', 'device', 'completed']
  let memory = under.includes(status ?? '') && (begun.length > 0 || cargo.disks.length === 0)
  if (!memory && begun.length < cargo.disks.length) await beginDisks(monitor, options, begun)
  let limit = downtimeLimitMs(1)
  for (;;) {
    if (signal.aborted) throw new NephosError('cancelled', 'The migration was cancelled.')
    const jobs = memory && cargo.disks.length === 0 ? [] : await jobsOf(monitor, migrationId)
    const failed = jobs.find((one) => one.error !== undefined || one.status === 'concluded')
    if (failed)
      throw new NephosError('driver_failed', `A disk could not be copied: ${failed.error ?? 'it ended'}.`)
    if (!memory && jobs.every((one) => one.status === 'ready')) {
      await end.watch({ pass: 1, remaining: await ramOf(monitor), bytesPerSecond: 0 })
      await beginMemory(monitor, options, bandwidth, limit)
      memory = true
    }
    const { status: now, ram, 'error-desc': words } = memory ? await queryOutgoing(monitor) : {}
    if (now === 'pre-switchover' || now === 'device' || now === 'completed') {
      const since = await end.reached()
      // It has come so far that nobody stops it any more for how long it took.
      await report('memory', jobs, ram, true).catch(() => {})
      return since
    }
    if (now === 'failed' || now === 'cancelled' || now === 'cancelling')
      throw new NephosError(
        'driver_failed',
        `The memory could not be copied: ${words ?? `QEMU says ${now}`}.`,
      )
    const wider = downtimeLimitMs(ram?.['dirty-sync-count'] ?? 1)
    if (wider > limit) await monitor.execute('migrate-set-parameters', { 'downtime-limit': wider })
    limit = Math.max(limit, wider)
    if (ram)
      await end.watch({
        pass: ram['dirty-sync-count'],
        remaining: ram.remaining,
        bytesPerSecond: ram.mbps * (1e6 / 8),
      })
    await report(memory ? 'memory' : 'disks', jobs, ram)
    await sleep(memory ? memoryEveryMs : disksEveryMs)
  }
}

async function beginDisks(
  monitor: QmpClient,
  { migrationId, cargo, door, bandwidth }: CopyOptions,
  begun: readonly { id: string }[],
): Promise<void> {
  if (!door.disks) throw new NephosError('driver_failed', 'The destination does not take the disks.')
  const nodes = z.array(z.object({ 'node-name': z.string() }))
  const known = nodes.parse(await monitor.execute('query-named-block-nodes', { flat: true }))
  for (const { node } of cargo.disks) {
    const [id, target] = [`${prefixOf(migrationId)}${node}`, `move-${node}`]
    if (begun.some((one) => one.id === id)) continue
    if (!known.some((one) => one['node-name'] === target))
      await monitor.execute(
        'blockdev-add',
        {
          driver: 'nbd',
          'node-name': target,
          server: { type: 'inet', host: door.disks.host, port: String(door.disks.port) },
          export: node,
        },
        30_000,
      )
    await monitor.execute('blockdev-mirror', {
      'job-id': id,
      device: node,
      target,
      sync: 'top',
      'copy-mode': 'write-blocking',
      'auto-dismiss': false,
      ...(bandwidth > 0 && { speed: bandwidth }),
    })
  }
}

/** Bytes of memory that the guest has. */
async function ramOf(monitor: QmpClient): Promise<number> {
  const size = memorySize.parse(await monitor.execute('query-memory-size-summary'))
  return size['base-memory'] + size['plugged-memory']
}

async function beginMemory(
  monitor: QmpClient,
  { door }: CopyOptions,
  bandwidth: number,
  downtimeLimit: number,
): Promise<void> {
  await monitor.execute('migrate-set-capabilities', {
    capabilities: ['pause-before-switchover', 'return-path'].map((capability) => ({
      capability,
      state: true,
    })),
  })
  await monitor.execute('migrate-set-parameters', {
    'max-bandwidth': bandwidth > 0 ? bandwidth : unlimited,
    'downtime-limit': downtimeLimit,
  })
  await monitor.execute('migrate', { uri: `tcp:${door.ram.host}:${door.ram.port}` })
}

/** Watches how near the end is, says so, and has the guest stand still when it is asked to. */
class End {
  readonly #monitor: QmpClient
  readonly #options: CopyOptions
  #near = false
  /** Since when the guest stands still because of this. */
  since: number | undefined

  constructor(monitor: QmpClient, options: CopyOptions) {
    this.#monitor = monitor
    this.#options = options
  }

  /** To be told often what QEMU says, and once before it begins. */
  async watch(copy: Omit<Parameters<typeof isEndNear>[0], 'near'>): Promise<void> {
    if (this.since !== undefined) return
    const near = isEndNear({ ...copy, near: this.#near })
    if (near === this.#near) return
    this.#near = near
    await this.#options.onEnd(near ? 'near' : 'far')
  }

  /** Nothing happens when this was done before. */
  async stop(): Promise<void> {
    if (this.since !== undefined) return
    if (!this.#near) await this.#options.onEnd('near')
    this.#near = true
    this.since = Date.now()
    await this.#monitor.execute('stop')
  }

  /** QEMU has paused the guest. @returns since when it stands still, in ms of the epoch */
  async reached(): Promise<number> {
    this.since ??= Date.now()
    await this.#options.onEnd('here')
    return this.since
  }
}

/** Reports a few times a second, and has the guest stand still when the answer wants it. */
function reporter(end: End, { onProgress }: CopyOptions) {
  let last = Number.NEGATIVE_INFINITY
  return async (
    phase: 'disks' | 'memory',
    jobs: readonly { 'current-progress': number; 'total-progress': number }[],
    ram: { total: number; remaining: number } | undefined,
    final = false,
  ) => {
    if (!final && performance.now() - last < reportEveryMs) return
    last = performance.now()
    const sum = (of: (one: (typeof jobs)[number]) => number) => jobs.reduce((all, one) => all + of(one), 0)
    const { pause } = await onProgress({
      phase,
      totalBytes: sum((one) => one['total-progress']) + (ram?.total ?? 0),
      doneBytes: sum((one) => one['current-progress']) + (ram ? ram.total - ram.remaining : 0),
    })
    if (pause && !final) await end.stop()
  }
}
