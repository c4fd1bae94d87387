import { spawn } from 'node:child_process'
import { constants, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import type { ExportedDisk, ExportOptions } from '../../../disks.ts'
import { whileFrozen } from '../freeze.ts'
import { hostEnvironment, lastWords, runHostCommand } from '../host-command.ts'
import type { InstancePaths } from '../instance-paths.ts'
import type { QmpClient } from '../qmp-client.ts'
import { becomeUser, type QemuUser } from '../user.ts'
import { rootChain, virtualSize } from './qcow2-chain.ts'

/** What a copy is made of, and by whom. */
export interface ExportSource {
  paths: InstancePaths
  exportId: string
  baseFormat: 'qcow2' | 'raw'
  user: QemuUser | null
  /** The monitor of the machine while its process lives; null while it is off. */
  monitor: QmpClient | null
}

const jobs = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    'current-progress': z.number().default(0),
    'total-progress': z.number().default(0),
    error: z.string().optional(),
  }),
)
const pollMs = 100
const gib = 1024 ** 3

const nameOf = (exportId: string): string => {
  if (/^[0-9a-f-]{36}$/i.test(exportId)) return `export-${exportId}.qcow2`
  throw new NephosError('invalid_input', 'The id of an export is a UUID.', { field: 'exportId' })
}
/** Two letters and the first block of a UUID: QEMU's node names are short. */
const nodeOf = (exportId: string): string => `x-${exportId.replaceAll('-', '').slice(-24)}`

/**
 * Copies the root disk, with everything that it lies over, to one flat qcow2 file beside it, as it is at one moment.
 * A machine that runs goes on running: QEMU copies what the guest is about to overwrite first. Asked again after it
 * was done, it does nothing. What it lies over is only read.
 * @throws NephosError driver_failed, cancelled: then nothing is left
 */
export async function exportDisk(source: ExportSource, options: ExportOptions): Promise<void> {
  const { paths, exportId } = source
  const name = nameOf(exportId)
  if (await isWhole(paths, name)) return
  await dropExport(source)
  const part = `${name}.part`
  try {
    if (source.monitor) await copyLive(source, source.monitor, part, options)
    else await copyOff(source, part, options)
    if (options.signal.aborted) throw cancelled(options.signal)
    await rename(join(paths.disks, part), join(paths.disks, name))
  } catch (error) {
    await dropExport(source)
    throw error
  }
}

/** The finished copy. A link, or a file that is not QEMU's own, is refused. @throws NephosError driver_failed */
export async function openExport(
  paths: InstancePaths,
  exportId: string,
  user: QemuUser | null,
): Promise<ExportedDisk> {
  const file = await open(
    join(paths.disks, nameOf(exportId)),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch((cause) => {
    throw new NephosError('driver_failed', `The copy of the disk cannot be read: ${cause.message}`, { cause })
  })
  const found = await file.stat()
  if (!found.isFile() || found.nlink !== 1 || (user && found.uid !== user.uid)) {
    await file.close()
    throw new NephosError('driver_failed', 'The copy of the disk is not the file that was made.')
  }
  const body: Readable = file.createReadStream({ highWaterMark: 262_144 })
  return { size: found.size, body }
}

/** Removes the copy, finished or not, and ends the work on it. Nothing happens when there is none. */
export async function dropExport({
  paths,
  exportId,
  monitor,
}: Pick<ExportSource, 'paths' | 'exportId' | 'monitor'>): Promise<void> {
  if (monitor) await endJob(monitor, nodeOf(exportId))
  const name = nameOf(exportId)
  await rm(join(paths.disks, name), { force: true })
  await rm(join(paths.disks, `${name}.part`), { force: true })
}

async function isWhole({ disks }: InstancePaths, name: string): Promise<boolean> {
  const file = await open(join(disks, name), constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null)
  await file?.close()
  return file !== null
}

/** Bounds of qemu-img: time grows with the disk. */
const bounded = (user: QemuUser | null, bytes: number): string[] => [
  ...becomeUser(user),
  ...[
    'nice',
    '-n',
    '10',
    'prlimit',
    '--as=2147483648',
    `--cpu=${60 + Math.ceil(bytes / gib) * 60}`,
    '--core=0',
  ],
]

async function copyOff(
  { paths, baseFormat, user }: ExportSource,
  part: string,
  { signal, onProgress }: ExportOptions,
): Promise<void> {
  const bytes = await virtualSize(paths.disk, 'qcow2')
  const [program, ...args] = [
    ...bounded(user, bytes),
    ...['qemu-img', 'convert', '-p', '-O', 'qcow2', '-o', 'compat=1.1', rootChain(baseFormat), part],
  ]
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program!, args, {
      cwd: paths.disks,
      env: hostEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
    })
    let words = ''
    child.stderr.on('data', (text) => {
      words = `${words}${text}`.slice(-4_096)
    })
    child.stdout.on('data', (text) => {
      const percent = /\((\d+)\.\d+\/100%\)[^(]*$/.exec(String(text))?.[1]
      if (percent) onProgress(Number(percent))
    })
    child.once('error', (cause) => {
      reject(
        signal.aborted
          ? cancelled(signal)
          : new NephosError('driver_failed', `qemu-img: ${cause.message}`, { cause }),
      )
    })
    child.once('close', (code, killed) => {
      if (code === 0) resolve()
      else if (signal.aborted) reject(cancelled(signal))
      else
        reject(
          new NephosError(
            'driver_failed',
            `qemu-img: ${lastWords(words) || `it ended with ${killed ?? code}`}`,
          ),
        )
    })
  })
}

async function copyLive(
  { paths, exportId, user }: ExportSource,
  monitor: QmpClient,
  part: string,
  options: ExportOptions,
): Promise<void> {
  const { signal, onProgress } = options
  const bytes = await virtualSize(paths.disk, 'qcow2')
  await runHostCommand(
    [
      ...bounded(user, bytes),
      'qemu-img',
      'create',
      '-q',
      '-f',
      'qcow2',
      '-o',
      'compat=1.1',
      part,
      String(bytes),
    ],
    { cwd: paths.disks },
  )
  const node = nodeOf(exportId)
  await monitor.execute('blockdev-add', {
    driver: 'qcow2',
    'node-name': node,
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename: `${paths.toDisks}${part}`, aio: 'threads', discard: 'unmap' },
  })
  await frozen(paths.agent, options, () =>
    monitor.execute('blockdev-backup', {
      'job-id': node,
      device: 'root',
      target: node,
      sync: 'full',
      'auto-dismiss': false,
    }),
  )
  for (;;) {
    if (signal.aborted) throw cancelled(signal)
    const job = await jobOf(monitor, node)
    if (!job) throw new NephosError('driver_failed', 'QEMU forgot the copy of the disk that it was making.')
    if (job.error) throw new NephosError('driver_failed', `QEMU could not copy the disk: ${job.error}`)
    if (job.status === 'concluded') break
    const total = job['total-progress']
    if (total > 0) onProgress(Math.floor((100 * job['current-progress']) / total))
    await sleep(pollMs)
  }
  await endJob(monitor, node)
}

/** Begins the copy, in a frozen guest where that is wanted: what is copied is what the disk has at this moment. */
async function frozen(
  agent: string,
  { quiesce, onUnfrozen }: ExportOptions,
  begin: () => Promise<unknown>,
): Promise<void> {
  if (!quiesce) {
    await begin()
    return
  }
  let copy: 'waits' | 'began' | 'failed' = 'waits'
  try {
    await whileFrozen(agent, async () => {
      copy = 'failed'
      await begin()
      copy = 'began'
    })
  } catch (error) {
    if (quiesce === 'require' || (copy as string) === 'failed' || !(error instanceof NephosError)) throw error
    onUnfrozen?.(error.message)
    if (copy === 'waits') await begin()
  }
}

const jobOf = async (monitor: QmpClient, id: string) =>
  jobs.parse(await monitor.execute('query-jobs')).find((job) => job.id === id)

/** Ends a job whatever it is doing, and lets go of its target. A machine that has died has neither. */
async function endJob(monitor: QmpClient, node: string): Promise<void> {
  try {
    for (let tries = 0; tries < 100; tries++) {
      const job = await jobOf(monitor, node)
      if (!job) break
      if (job.status === 'concluded') await monitor.execute('job-dismiss', { id: node })
      else {
        // Refused while the job is ending by itself.
        await monitor.execute('job-cancel', { id: node }).catch(() => {})
        await sleep(pollMs)
      }
    }
    const nodes = z
      .array(z.object({ 'node-name': z.string() }))
      .parse(await monitor.execute('query-named-block-nodes', { flat: true }))
    if (nodes.some((found) => found['node-name'] === node))
      await monitor.execute('blockdev-del', { 'node-name': node })
  } catch (error) {
    if (!monitor.closed) throw error
  }
}

const cancelled = (signal: AbortSignal): NephosError =>
  new NephosError('cancelled', 'The copy of the disk was cancelled.', { cause: signal.reason })
