import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { hostEnvironment, lastWords } from '../../../compute/drivers/qemu/host-command.ts'
import {
  isAlive,
  type ProcessIdentity,
  readIdentity,
  recordingShell,
  signalProcess,
  waitForEnd,
} from '../../../compute/drivers/qemu/process-identity.ts'
import { QmpClient } from '../../../compute/drivers/qemu/qmp-client.ts'
import type { QemuUser } from '../../../compute/drivers/qemu/user.ts'
import { netnsPath } from '../../../network/drivers/linux/host-tools.ts'
import { becomeStorageUser } from './user.ts'

/** What a storage daemon is started with. */
export interface DaemonOptions {
  user: QemuUser | null
  cwd: string
  /** Its files: which process it is, what it says, its monitor. */
  identity: string
  log: string
  monitor: string
  /** Arguments before the monitor's: block nodes, objects. */
  args: readonly string[]
  /** Network namespace that it listens in; null: where this process is. */
  netns: string | null
  /** It shows disks as files, which takes the right to mount. */
  mounts: boolean
}

const startMs = 10_000
const stopMs = 10_000

/**
 * A qemu-storage-daemon, which outlives this process and is found again. One serves one volume, so that what happens
 * to one is nothing to the others.
 */
export class StorageDaemon {
  readonly #identity: ProcessIdentity
  readonly #options: DaemonOptions
  #qmp: QmpClient | null

  private constructor(identity: ProcessIdentity, options: DaemonOptions, qmp: QmpClient) {
    this.#identity = identity
    this.#options = options
    this.#qmp = qmp
  }

  /** Starts one, or takes the one that runs. @throws NephosError driver_failed with its own words */
  static async ensure(options: DaemonOptions): Promise<{ daemon: StorageDaemon; started: boolean }> {
    const found = await StorageDaemon.find(options)
    if (found) return { daemon: found, started: false }
    return { daemon: await launch(options), started: true }
  }

  /** The one that runs; null when there is none. One that does not answer is ended. */
  static async find(options: DaemonOptions): Promise<StorageDaemon | null> {
    const identity = readIdentity(options.identity)
    if (!identity || !isAlive(identity)) return null
    const qmp = await connect(options.monitor).catch(() => null)
    if (qmp) return new StorageDaemon(identity, options, qmp)
    await end(identity)
    return null
  }

  /** @internal */
  static of(identity: ProcessIdentity, options: DaemonOptions, qmp: QmpClient): StorageDaemon {
    return new StorageDaemon(identity, options, qmp)
  }

  get alive(): boolean {
    return isAlive(this.#identity)
  }

  /** Waits for its end, at most so long. @returns whether it has ended */
  ended(timeoutMs: number): Promise<boolean> {
    return waitForEnd(this.#identity, timeoutMs)
  }

  /** @throws NephosError driver_failed with the daemon's words */
  async execute<Answer = unknown>(
    command: string,
    args: { [key: string]: unknown } = {},
    timeoutMs = 60_000,
  ): Promise<Answer> {
    if (!this.#qmp || this.#qmp.closed) this.#qmp = await connect(this.#options.monitor)
    return (await this.#qmp.execute(command, args, timeoutMs)) as Answer
  }

  /** Ends it; what was written is on the disk before. */
  async quit(): Promise<void> {
    await this.execute('quit', {}, stopMs).catch(() => {})
    this.release()
    if (!(await waitForEnd(this.#identity, stopMs))) await end(this.#identity)
    await Promise.all([
      rm(this.#options.identity, { force: true }),
      rm(this.#options.monitor, { force: true }),
    ])
  }

  /** Lets go of it without ending it. */
  release(): void {
    this.#qmp?.close()
    this.#qmp = null
  }
}

/** Ends the daemon that a file tells of, if it still runs. */
export async function endRecorded(identity: string): Promise<void> {
  const left = readIdentity(identity)
  if (left) await end(left)
}

const connect = (monitor: string): Promise<QmpClient> =>
  QmpClient.connect(monitor, { onEvent: () => {}, onClose: () => {} })

async function end(identity: ProcessIdentity): Promise<void> {
  signalProcess(identity, 'SIGTERM')
  if (await waitForEnd(identity, 2_000)) return
  signalProcess(identity, 'SIGKILL')
  await waitForEnd(identity, stopMs)
}

async function launch(options: DaemonOptions): Promise<StorageDaemon> {
  const { user, cwd, identity: file, log, monitor, args, netns, mounts } = options
  await Promise.all([rm(file, { force: true }), rm(monitor, { force: true })])
  const line = [
    ...recordingShell(file),
    ...(netns ? ['nsenter', `--net=${netnsPath(netns)}`, '--'] : []),
    ...becomeStorageUser(user, mounts ? ['sys_admin'] : []),
    ...['prlimit', '--core=0', 'qemu-storage-daemon', ...args],
    ...['--chardev', `socket,id=monitor,path=${monitor},server=on,wait=off`, '--monitor', 'chardev=monitor'],
  ]
  const fd = openSync(log, 'w', 0o600)
  let ended: string | null = null
  try {
    const child = spawn(line[0]!, line.slice(1), {
      cwd,
      detached: true,
      stdio: ['ignore', fd, fd],
      env: hostEnvironment(),
    })
    child.once('error', (error) => {
      ended = error.message
    })
    child.once('exit', (code, signal) => {
      ended = signal ? `ended by ${signal}` : `ended with ${code}`
    })
    child.unref()
  } finally {
    closeSync(fd)
  }
  const deadline = performance.now() + startMs
  for (;;) {
    const identity = (await stat(monitor).catch(() => null)) ? readIdentity(file) : null
    const qmp = identity && (await connect(monitor).catch(() => null))
    if (qmp) return StorageDaemon.of(identity, options, qmp)
    if (ended || performance.now() > deadline) {
      const words = lastWords(await readFile(log, 'utf8').catch(() => ''))
      await endRecorded(file)
      throw new NephosError('driver_failed', `qemu-storage-daemon: ${words || ended || 'it did not start'}`)
    }
    await sleep(5)
  }
}
