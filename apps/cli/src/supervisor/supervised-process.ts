import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.ts'
import { BackOff } from './back-off.ts'
import { endProcess, identify, type ProcessIdentity } from './identity.ts'
import { tail } from './log-files.ts'

/** How one process is started, known to be ready, and stopped. */
export interface ProcessSpec {
  name: string
  /** Processes of a lower tier start first and stop last. */
  tier: number
  command: string
  args: string[]
  env: Record<string, string>
  cwd: string
  logFile: string
  uid?: number
  gid?: number
  /** One look: is it ready to work? */
  isReady: (pid: number) => Promise<boolean>
  readyTimeoutMs?: number
  stopSignal?: NodeJS.Signals
  graceMs?: number
  backOff?: BackOff
}

/** Where a supervised process is in its life. */
export type ProcessState = 'starting' | 'running' | 'waiting' | 'stopping' | 'stopped'

/** It ended without being asked to. */
export interface Crash {
  name: string
  /** `exit code 1` or `signal SIGKILL`. */
  how: string
  log: string[]
  restartInMs: number
}

const tailLines = 15

/** One child process that is kept running until it is stopped. Emits `change` and `crash` ({@link Crash}). */
export class SupervisedProcess extends EventEmitter<{ change: []; crash: [Crash] }> {
  readonly spec: ProcessSpec
  state: ProcessState = 'stopped'
  restarts = 0
  identity: ProcessIdentity | null = null
  since: Date = new Date()
  lastCrash: { at: Date; how: string } | null = null
  readonly #backOff: BackOff
  #child: ChildProcess | null = null
  #retry: NodeJS.Timeout | undefined
  /** While true, whoever called start() deals with a death. */
  #firstStart = false
  /** Where the log of the present run begins. */
  #logStart = 0

  constructor(spec: ProcessSpec) {
    super()
    this.spec = spec
    this.#backOff = spec.backOff ?? new BackOff()
  }

  /**
   * Starts it and waits until it is ready. A process that dies or is not ready in time is not tried again here.
   * @throws Failure with the end of its log
   */
  async start(): Promise<void> {
    this.#firstStart = true
    const problem = await this.#untilReady(this.#spawn())
    this.#firstStart = false
    if (problem === null) return
    const evidence = tail(this.spec.logFile, tailLines, this.#logStart)
    await this.stop()
    throw new Failure(`${this.spec.name} ${problem}.`, {
      evidence,
      remedy: `The whole log: ${this.spec.logFile}`,
    })
  }

  /** Stops it for good: its signal first, SIGKILL after the grace. */
  async stop({ atOnce = false } = {}): Promise<void> {
    clearTimeout(this.#retry)
    this.#set('stopping')
    if (this.identity)
      await endProcess(this.identity, {
        signal: atOnce ? 'SIGKILL' : (this.spec.stopSignal ?? 'SIGTERM'),
        graceMs: atOnce ? 5_000 : (this.spec.graceMs ?? 10_000),
      })
    this.identity = null
    this.#set('stopped')
  }

  /** Stops it and starts it again, waiting until it is ready. @throws Failure when it is not; it is still tried on */
  async restart(): Promise<void> {
    await this.stop()
    this.restarts++
    const problem = await this.#untilReady(this.#spawn())
    if (problem !== null)
      throw new Failure(`${this.spec.name} ${problem}.`, {
        evidence: tail(this.spec.logFile, tailLines, this.#logStart),
      })
  }

  #set(state: ProcessState): void {
    this.state = state
    this.since = new Date()
    this.emit('change')
  }

  #spawn(): ChildProcess {
    const { command, args, env, cwd, logFile, uid, gid } = this.spec
    this.#logStart = existsSync(logFile) ? statSync(logFile).size : 0
    const log = openSync(logFile, 'a', 0o640)
    // Its own session: Ctrl-C at the terminal reaches the supervisor alone, which then stops things in order.
    const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', log, log] })
    closeSync(log)
    this.#child = child
    const born = performance.now()
    let ended = false
    const onEnd = (how: string) => {
      if (ended || this.#child !== child) return
      ended = true
      this.#child = null
      this.identity = null
      if (this.state === 'stopping' || this.state === 'stopped') return
      this.#crashed(how, performance.now() - born)
    }
    child.once('exit', (code, signal) => onEnd(signal ? `signal ${signal}` : `exit code ${code}`))
    child.once('error', (error) => onEnd(error.message))
    this.identity = child.pid === undefined ? null : identify(child.pid)
    this.#set('starting')
    return child
  }

  /** @returns null when ready, else what went wrong */
  async #untilReady(child: ChildProcess): Promise<string | null> {
    const deadline = performance.now() + (this.spec.readyTimeoutMs ?? 45_000)
    while (performance.now() < deadline) {
      if (this.#child !== child) return `ended at once (${this.lastCrash?.how ?? 'stopped'})`
      if (child.pid !== undefined && (await this.spec.isReady(child.pid).catch(() => false))) {
        if (this.#child === child && this.state === 'starting') this.#set('running')
        return null
      }
      await sleep(30)
    }
    return `was not ready in ${Math.round((this.spec.readyTimeoutMs ?? 45_000) / 1000)} s`
  }

  #crashed(how: string, livedMs: number): void {
    this.lastCrash = { at: new Date(), how }
    this.#set('waiting')
    if (this.#firstStart) return
    const restartInMs = this.#backOff.next(livedMs)
    this.#retry = setTimeout(() => void this.#revive(), restartInMs)
    this.emit('crash', {
      name: this.spec.name,
      how,
      log: tail(this.spec.logFile, tailLines, this.#logStart),
      restartInMs,
    })
  }

  async #revive(): Promise<void> {
    this.restarts++
    const child = this.#spawn()
    const problem = await this.#untilReady(child)
    // It lives but does not work: end it, and the crash path tries again.
    if (problem !== null && this.#child === child && child.pid !== undefined) child.kill('SIGKILL')
  }
}
