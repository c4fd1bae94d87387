import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { chown, mkdir, readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { hostEnvironment, lastWords } from '../../../compute/drivers/qemu/host-command.ts'
import {
  isAlive,
  readIdentity,
  recordingShell,
  signalProcess,
  waitForEnd,
} from '../../../compute/drivers/qemu/process-identity.ts'
import type { QemuUser } from '../../../compute/drivers/qemu/user.ts'
import { netnsPath } from '../../../network/drivers/linux/host-tools.ts'
import { becomeStorageUser } from '../storage/user.ts'

/** Where the target daemon runs. */
export interface TgtOptions {
  /** Its own directory: socket, log, which process it is. Short path. */
  directory: string
  user: QemuUser | null
  host: string
  port: number
  netns: string | null
}

/** A target as the daemon has it. */
export interface TgtTarget {
  tid: number
  name: string
  luns: number[]
  accounts: string[]
  /** Names of initiators that are let in. */
  initiators: string[]
}

/** A connection to a target. */
export interface TgtSession {
  sid: number
  cid: number
  initiator: string
}

const startMs = 10_000
/** Number of the daemon among those that have one socket: each of ours has a socket of its own. */
const controlPort = '1'

/** One tgtd, which outlives this process, runs unprivileged and is found again. */
export class Tgt {
  readonly #options: TgtOptions
  readonly #lock = new KeyedLock()

  constructor(options: TgtOptions) {
    this.#options = options
  }

  get #identity() {
    return `${this.#options.directory}/tgtd.process`
  }

  get alive(): boolean {
    const identity = readIdentity(this.#identity)
    return identity !== null && isAlive(identity)
  }

  /** Starts it when it does not run. @returns whether it was started @throws NephosError driver_failed */
  async ensure(): Promise<boolean> {
    if (this.alive) return false
    const { directory, user, host, port, netns } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o711 })
    if (user) await chown(directory, user.uid, user.gid)
    const log = `${directory}/tgtd.log`
    const fd = openSync(log, 'w', 0o600)
    let ended: string | null = null
    try {
      const line = [
        ...recordingShell(this.#identity),
        ...(netns ? ['nsenter', `--net=${netnsPath(netns)}`, '--'] : []),
        ...becomeStorageUser(user, []),
        ...['tgtd', '-f', '-C', controlPort, '--iscsi', `portal=${host}:${port}`],
      ]
      const child = spawn(line[0]!, line.slice(1), {
        detached: true,
        stdio: ['ignore', fd, fd],
        env: this.#environment(),
      })
      child.once('error', (error) => {
        ended = error.message
      })
      child.once('exit', (code) => {
        ended = `ended with ${code}`
      })
      child.unref()
    } finally {
      closeSync(fd)
    }
    const deadline = performance.now() + startMs
    for (;;) {
      const answer = await this.#run(['--mode', 'sys', '--op', 'show']).catch(() => '')
      if (answer.includes('State')) return true
      if (ended || performance.now() > deadline) {
        const words = lastWords(await readFile(log, 'utf8').catch(() => ''))
        await this.end()
        throw new NephosError('driver_failed', `tgtd: ${words || ended || 'it did not start'}`)
      }
      await sleep(20)
    }
  }

  /** Ends it, and with it every connection. */
  async end(): Promise<void> {
    const identity = readIdentity(this.#identity)
    if (identity) {
      // It ends by itself only when no target is left.
      signalProcess(identity, 'SIGKILL')
      await waitForEnd(identity, 5_000)
    }
    await rm(this.#options.directory, { recursive: true, force: true })
  }

  /** The targets that it has. */
  async targets(): Promise<TgtTarget[]> {
    return parseTargets(await this.run('--mode', 'target', '--op', 'show'))
  }

  /** Who is connected to a target. */
  async sessions(tid: number): Promise<TgtSession[]> {
    return parseSessions(await this.run('--mode', 'conn', '--op', 'show', '--tid', String(tid)))
  }

  /** Runs one command of tgtadm, one after the other. @throws NephosError driver_failed with its words */
  run(...args: string[]): Promise<string> {
    return this.#lock.run('tgtadm', () => this.#run(args))
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...hostEnvironment(), TGT_IPC_SOCKET: `${this.#options.directory}/control` }
  }

  #run(args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      // tgtd obeys its own user alone, not even root.
      const line = [...becomeStorageUser(this.#options.user, []), 'tgtadm', '-C', controlPort]
      const child = spawn(line[0]!, [...line.slice(1), '--lld', 'iscsi', ...args], {
        env: this.#environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 20_000,
        killSignal: 'SIGKILL',
      })
      let [output, errors] = ['', '']
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors += text
      })
      child.once('error', (cause) =>
        reject(new NephosError('driver_failed', `tgtadm: ${cause.message}`, { cause })),
      )
      child.once('close', (code) => {
        // Some refusals are told with exit code 0.
        const words = lastWords(errors)
        if (code === 0 && words === '') return resolve(output)
        // Never the arguments: a password may be among them.
        reject(new NephosError('driver_failed', `tgtadm: ${words || `ended with ${code}`}`))
      })
    })
  }
}

/** What `--mode target --op show` prints. */
export function parseTargets(text: string): TgtTarget[] {
  return text
    .split(/^(?=Target \d+: )/m)
    .filter((part) => part.startsWith('Target '))
    .map((part) => {
      const [, tid, name] = /^Target (\d+): (\S+)/.exec(part)!
      const section = (title: string) =>
        (part.split(new RegExp(`^    ${title} information:\\n`, 'm'))[1] ?? '').split(/^ {4}\S/m)[0]!
      const lines = (title: string) =>
        section(title)
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean)
      return {
        tid: Number(tid),
        name: name!,
        luns: [...section('LUN').matchAll(/^ {8}LUN: (\d+)/gm)].map((found) => Number(found[1])),
        accounts: lines('Account').map((line) => line.split(' ')[0]!),
        initiators: lines('ACL'),
      }
    })
}

/** What `--mode conn --op show` prints: sessions, each with its connections. */
export function parseSessions(text: string): TgtSession[] {
  return text.split(/^(?=Session: \d+)/m).flatMap((part) => {
    const sid = /^Session: (\d+)/.exec(part)?.[1]
    if (!sid) return []
    const connections = part.split(/^(?=\s+Connection: \d+)/m).slice(1)
    return connections.map((one) => ({
      sid: Number(sid),
      cid: Number(/Connection: (\d+)/.exec(one)![1]),
      initiator: /Initiator: (\S+)/.exec(one)?.[1] ?? '',
    }))
  })
}
