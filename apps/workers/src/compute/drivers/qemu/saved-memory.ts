import { once } from 'node:events'
import { closeSync, createReadStream, createWriteStream, openSync, rmSync, statSync } from 'node:fs'
import { chmod, chown, open, rename, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { machineFiles } from './command-line.ts'
import type { InstancePaths } from './instance-paths.ts'
import type { QmpClient } from './qmp-client.ts'
import { connectUnix } from './unix-socket.ts'
import type { QemuUser } from './user.ts'

type Paths = Pick<InstancePaths, 'memory' | 'memorySocket'>

const saveMs = 15 * 60_000
const loadMs = 15 * 60_000
const connectMs = 30_000
const lookEveryMs = 50
/** Bytes in a second: as fast as the disk takes it. */
const unlimited = 2 ** 40
const runState = z.object({ status: z.string() })
const migration = z.object({ status: z.string().optional(), 'error-desc': z.string().optional() })

/** Whether a guest's memory lies on disk, whole. */
export const isMemorySaved = ({ memory }: Paths): boolean =>
  statSync(memory, { throwIfNoEntry: false }) !== undefined

/** Forgets saved memory, also what is half written. */
export function forgetMemory({ memory, memorySocket }: Paths): void {
  for (const path of [memory, partOf(memory), memorySocket]) rmSync(path, { force: true })
}

/**
 * Saves the guest's memory and devices to a file. QEMU may start no program and open no file of ours any more, so it
 * sends them through a unix socket and this process writes the file. When it returns, the guest stands still and QEMU
 * has let go of the disks. A guest whose memory cannot be saved goes on.
 * @throws NephosError driver_failed, cancelled
 */
export async function saveMemory(
  qmp: QmpClient,
  paths: Paths,
  user: QemuUser | null,
  signal?: AbortSignal,
): Promise<void> {
  const before = await runStateOf(qmp)
  // A former worker got as far as this.
  if (before === 'postmigrate' && isMemorySaved(paths)) return
  forgetMemory(paths)
  if (before === 'postmigrate') await qmp.execute('cont')
  await qmp.execute('stop')
  try {
    await send(qmp, paths, user, signal)
  } catch (error) {
    await qmp.execute('migrate_cancel').catch(() => {})
    await untilEnded(qmp, performance.now() + connectMs).catch(() => {})
    forgetMemory(paths)
    await qmp.execute('cont')
    throw error
  }
}

async function send(
  qmp: QmpClient,
  paths: Paths,
  user: QemuUser | null,
  signal?: AbortSignal,
): Promise<void> {
  const receiver = await receive(paths.memorySocket, partOf(paths.memory), user)
  try {
    await qmp.execute('migrate-set-capabilities', {
      capabilities: [{ capability: 'pause-before-switchover', state: false }],
    })
    await qmp.execute('migrate-set-parameters', { 'max-bandwidth': unlimited })
    await qmp.execute('migrate', { uri: `unix:${machineFiles.memorySocket}` })
    const status = await untilEnded(qmp, performance.now() + saveMs, signal)
    if (status.status !== 'completed')
      throw new NephosError(
        'driver_failed',
        `The memory of the guest could not be saved: ${status['error-desc'] ?? `QEMU says ${status.status}`}.`,
      )
    await receiver.done
  } finally {
    receiver.close()
  }
  const file = await open(partOf(paths.memory), 'r')
  await file.sync().finally(() => file.close())
  await rename(partOf(paths.memory), paths.memory)
}

/**
 * Gives saved memory to a QEMU that waits for it (`-incoming defer`). The guest stands still afterwards.
 * @throws NephosError driver_failed when QEMU refuses it
 */
export async function loadMemory(qmp: QmpClient, paths: Paths): Promise<void> {
  rmSync(paths.memorySocket, { force: true })
  await qmp.execute('migrate-incoming', { uri: `unix:${machineFiles.memorySocket}` })
  const socket = await connectUnix(paths.memorySocket, connectMs)
  const sent = pipeline(createReadStream(paths.memory), socket).catch((error: Error) => error)
  const deadline = performance.now() + loadMs
  while ((await runStateOf(qmp)) === 'inmigrate') {
    const { status, 'error-desc': words } = migration.parse(await qmp.execute('query-migrate'))
    if (status === 'failed')
      throw new NephosError(
        'driver_failed',
        `The saved memory cannot be loaded: ${words ?? 'QEMU refuses it'}.`,
      )
    if (performance.now() > deadline)
      throw new NephosError('driver_failed', 'The saved memory could not be loaded in time.')
    await sleep(lookEveryMs)
  }
  await sent
  await rm(paths.memorySocket, { force: true })
}

/** What QEMU says of the guest: running, paused, inmigrate, postmigrate, … */
export const runStateOf = async (qmp: QmpClient): Promise<string> =>
  runState.parse(await qmp.execute('query-status')).status

async function untilEnded(qmp: QmpClient, deadline: number, signal?: AbortSignal) {
  for (;;) {
    const now = migration.parse(await qmp.execute('query-migrate'))
    if (!now.status || ['none', 'completed', 'failed', 'cancelled'].includes(now.status)) return now
    if (signal?.aborted)
      throw new NephosError('cancelled', 'The suspension was cancelled.', { cause: signal.reason })
    if (performance.now() > deadline)
      throw new NephosError('driver_failed', 'The memory of the guest could not be saved in time.')
    await sleep(lookEveryMs)
  }
}

/** Listens where only QEMU can connect, and writes what comes into a file that QEMU cannot reach. */
async function receive(socketPath: string, file: string, user: QemuUser | null) {
  const server = createServer()
  const dirFd = openSync(dirname(socketPath), 'r')
  try {
    // Through the directory's descriptor: a path may be longer than a socket address (Linux).
    server.listen(`/proc/self/fd/${dirFd}/${basename(socketPath)}`)
    await once(server, 'listening')
    await chmod(socketPath, 0o600)
    if (user) await chown(socketPath, user.uid, user.gid)
  } finally {
    closeSync(dirFd)
  }
  const connected = new Promise<Socket>((resolve, reject) => {
    server.once('connection', resolve)
    server.once('close', () => reject(new NephosError('driver_failed', 'QEMU did not send its memory.')))
  })
  const done = connected.then((socket) => pipeline(socket, createWriteStream(file, { mode: 0o600 })))
  // Whoever waits for it hears of it; nobody may be waiting any more.
  done.catch(() => {})
  return {
    done,
    close: () => {
      server.close()
      rmSync(socketPath, { force: true })
    },
  }
}

const partOf = (path: string): string => `${path}.part`
