import { rmSync, statSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import type { MachineEvent, MachineSpec, MachineStatus } from '../../driver.ts'
import { ConsoleLog } from '../serial/console-log.ts'
import { type CpuController, limitCpu, unlimitCpu } from './cpu-cgroup.ts'
import { limitDisks } from './disk-limits.ts'
import { prepareUefi } from './firmware.ts'
import { GuestReady } from './guest-ready.ts'
import type { InstancePaths } from './instance-paths.ts'
import { type LaunchOptions, launch, qemuWords } from './launch.ts'
import { findPaths, type MachinePlaces, removeMachineDir } from './machine-dir.ts'
import { MonitorLink } from './monitor-link.ts'
import { pressPowerButton } from './power-button.ts'
import { powerStateOf } from './power-state.ts'
import {
  isAlive,
  isOfFormerBoot,
  type ProcessIdentity,
  readIdentity,
  signalProcess,
  waitForEnd,
} from './process-identity.ts'
import type { QmpClient, QmpEvent } from './qmp-client.ts'
import { type MachineRecord, readRecord, writeRecord } from './record.ts'
import type { SampleSource } from './samples.ts'
import { forgetMemory } from './saved-memory.ts'
import type { VolumePlace } from './volumes/credentials.ts'
import { plugStarted } from './volumes/start-volumes.ts'

/** What a machine needs of its driver. */
export interface MachineHost extends LaunchOptions, MachinePlaces {
  cpu: CpuController
  consoleLogBytes: number
  emit: (event: MachineEvent) => void
  /** Runs a task while no verb of this machine runs. */
  exclusive: <Result>(instanceId: string, task: () => Promise<Result>) => Promise<Result>
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void }
}

const startTimeoutMs = 30_000
const quitTimeoutMs = 10_000
const killTimeoutMs = 15_000
const longestQemuLog = 1024 * 1024

/** One machine: its QEMU process, its monitor, its serial log. The driver calls its verbs one after the other. */
export class QemuMachine {
  readonly instanceId: string
  readonly console: ConsoleLog
  readonly #host: MachineHost
  readonly #paths: InstancePaths
  #record: MachineRecord
  #identity: ProcessIdentity | null = null
  readonly #link: MonitorLink
  /** The guest has powered off and QEMU waits to be told to end. */
  #guestOff = false
  /** We are ending it: its end is no event. */
  #ending = false
  /** Its process is being made: that there is none yet is no crash. */
  #starting = false
  /** It is to be destroyed: nobody waits for its guest any more. */
  #doomed = false
  /** We let go of it: what happens to it is the next worker's business. */
  #released = false
  readonly #ready: GuestReady
  readonly #waiters = new Set<() => void>()

  private constructor(
    host: MachineHost,
    instanceId: string,
    paths: InstancePaths,
    record: MachineRecord | null,
  ) {
    this.#host = host
    this.instanceId = instanceId
    this.#paths = paths
    this.#record = record ?? { version: 1, instanceId, state: 'off', bootOffset: 0 }
    this.console = new ConsoleLog({
      live: this.#paths.serialLog,
      dir: this.#paths.dir,
      limitBytes: host.consoleLogBytes,
    })
    this.#ready = new GuestReady(this.console)
    this.#link = new MonitorLink(this.#paths.qmp, {
      onEvent: (event) => this.#hear(event),
      onGuestOff: () => {
        this.#guestOff = true
      },
      onLost: () => {
        this.#wake()
        if (!this.#released && !this.#ending) void this.#reconnect()
      },
    })
  }

  /** What is on disk of a machine, without touching its process. */
  static async load(host: MachineHost, instanceId: string): Promise<QemuMachine> {
    const paths = await findPaths(host, instanceId)
    return new QemuMachine(host, instanceId, paths, await readRecord(paths.record))
  }

  get paths(): InstancePaths {
    return this.#paths
  }

  /** Where QEMU finds what it needs to reach a volume. */
  get volumePlace(): VolumePlace {
    return { dir: this.#paths.dir, user: this.#host.user }
  }

  /** True while its process lives. */
  get alive(): boolean {
    return this.#alive()
  }

  /** Keeps the notes for the first time. */
  async note(): Promise<void> {
    await this.#save({})
  }

  /** Finds the process that a former driver left, and connects. */
  async adopt(): Promise<MachineStatus> {
    this.#identity = readIdentity(this.#paths.identity)
    if (this.#identity && isAlive(this.#identity)) {
      this.#ready.reset(this.#record.bootOffset)
      if (this.#record.state !== 'running') await this.#save({ state: 'running' })
      if (await this.#link.connect(5_000)) await this.#settleGuestOff()
      else void this.#reconnect()
    } else if (this.#record.state === 'running') {
      // The host's own restart ends a guest, but that is no crash.
      const state = !this.#identity || isOfFormerBoot(this.#identity) ? 'off' : 'crashed'
      this.#forgetProcess()
      await this.#save({ state })
    }
    return this.status()
  }

  async start(spec: MachineSpec): Promise<MachineStatus> {
    if (this.#alive()) {
      await this.#link.connect(5_000)
      if (!this.#guestOff) {
        // Whoever started it may not have come that far.
        await this.#complete(spec)
        return this.status()
      }
      await this.end()
    }
    if (spec.image && !exists(this.#paths.disk))
      throw new NephosError('driver_failed', `Instance ${spec.instanceId} has no disk on this host.`)
    this.#forgetProcess()
    // Memory that is not loaded now would be older than the disk.
    if (!spec.incoming) forgetMemory(this.#paths)
    for (const socket of [this.#paths.qmp, this.#paths.serial, this.#paths.vnc, this.#paths.agent])
      rmSync(socket, { force: true })
    const bootOffset = this.console.size()
    this.#starting = true
    this.#ending = false
    this.#guestOff = false
    this.#ready.reset(bootOffset)
    try {
      await this.#save({ state: 'running', bootOffset })
      await this.#launch(spec)
      await this.#complete(spec)
    } catch (error) {
      await this.end()
      throw error
    } finally {
      this.#starting = false
    }
    return this.status()
  }

  /** Presses the power button for at most `timeoutMs`, then ends the process. */
  async stop(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.#alive()) {
      this.#ending = true
      try {
        if (timeoutMs > 0 && !this.#guestOff) await this.#powerDown(timeoutMs, signal)
      } catch (error) {
        this.#ending = false
        await this.#settleGuestOff()
        throw error
      }
    }
    await this.end()
  }

  /** Ends the process at once and notes what the machine is from now on. */
  async end(state: 'off' | 'suspended' = 'off'): Promise<void> {
    const identity = this.#identity ?? readIdentity(this.#paths.identity)
    this.#ending = true
    if (identity && isAlive(identity)) {
      const { qmp } = this.#link
      const told = qmp?.execute('quit', {}, 2_000).then(
        () => true,
        () => qmp.closed,
      )
      if (!(await told) || !(await waitForEnd(identity, quitTimeoutMs))) signalProcess(identity, 'SIGKILL')
      if (!(await waitForEnd(identity, killTimeoutMs)))
        throw new NephosError('driver_failed', `QEMU, process ${identity.pid}, cannot be ended.`)
    }
    this.#forgetProcess()
    await this.#save({ state })
  }

  /** It will be destroyed: a stop that waits for the guest goes on at once. */
  doom(): void {
    this.#doomed = true
    this.#wake()
  }

  /** @param options `keepDisks`: of disks that other hosts may have, this host keeps its part */
  async destroy({ keepDisks = false }: { keepDisks?: boolean } = {}): Promise<void> {
    await this.end()
    await unlimitCpu(this.#host.cpu, this.instanceId)
    const { hostName } = this.#host
    await removeMachineDir(this.instanceId, this.#paths, { hostName, keepDisks })
  }

  async status(): Promise<MachineStatus> {
    const { instanceId } = this
    if (!this.#alive()) {
      if (this.#record.state === 'suspended') return { instanceId, powerState: 7, pid: null }
      const unforeseen = !this.#starting && !this.#ending && !this.#guestOff
      return { instanceId, powerState: unforeseen && this.#record.state !== 'off' ? 6 : 4, pid: null }
    }
    // A monitor that does not answer says nothing against the guest.
    const answer = await this.#link.qmp?.execute('query-status').catch(() => undefined)
    return { instanceId, powerState: powerStateOf(answer) ?? 1, pid: this.#identity!.pid }
  }

  /** Where its counters are read; null when it has no process. */
  sampleSource(): SampleSource | null {
    return this.#identity && { instanceId: this.instanceId, identity: this.#identity, qmp: this.#link.qmp }
  }

  /** What must be looked at now and then: length of the logs, the guest's word that it has booted. */
  tick(): void {
    if (!this.#alive()) return
    if (this.#ready.look()) this.#host.emit({ instanceId: this.instanceId, kind: 'guest-ready' })
    this.console.trim()
    if ((statSync(this.#paths.log, { throwIfNoEntry: false })?.size ?? 0) > longestQemuLog)
      truncateSync(this.#paths.log)
  }

  /**
   * The monitor of the machine while it runs; null while it is off.
   * @throws NephosError driver_failed when it runs and does not answer
   */
  async monitor(): Promise<QmpClient | null> {
    if (!this.#alive() || this.#guestOff) return null
    await this.#link.connect(5_000)
    if (this.#link.qmp) return this.#link.qmp
    if (!this.#alive()) return null
    throw new NephosError('driver_failed', 'The monitor of the machine does not answer.')
  }

  /** Lets go of the machine without ending it. */
  release(): void {
    this.#released = true
    this.#link.release()
    this.#wake()
  }

  async #launch(spec: MachineSpec): Promise<void> {
    const { firmware, cpuLimits = null } = spec.options ?? {}
    if (firmware === 'uefi') await prepareUefi(this.#paths.disks, this.#host.user)
    if (!cpuLimits) await unlimitCpu(this.#host.cpu, this.instanceId)
    const cgroup = cpuLimits && (await limitCpu(this.#host.cpu, this.instanceId, cpuLimits))
    const launched = launch(spec, this.#paths, this.#host, cgroup)
    const deadline = performance.now() + startTimeoutMs
    for (;;) {
      const ended = launched.ended()
      if (ended) throw this.failure(`QEMU ${ended}`)
      this.#identity = readIdentity(this.#paths.identity)
      if (
        this.#identity?.pid === launched.pid &&
        exists(this.#paths.qmp) &&
        (await this.#link.connect(2_000))
      )
        return
      if (performance.now() > deadline)
        throw this.failure(`QEMU gave no monitor in ${startTimeoutMs / 1_000} s`)
      await sleep(20)
    }
  }

  /** What a machine gets once its monitor answers; then its guest begins. */
  async #complete(spec: MachineSpec): Promise<void> {
    const { qmp } = this.#link
    if (!qmp) return
    await limitDisks(qmp, spec.options?.diskLimits ?? null)
    await plugStarted(qmp, spec, this.volumePlace)
  }

  /** That its process failed, with the last words of QEMU. */
  failure(what: string): NephosError {
    const words = qemuWords(this.#paths.log)
    return new NephosError('driver_failed', words ? `${what}: ${words}` : `${what} and said nothing.`, {
      detail: { instanceId: this.instanceId },
    })
  }

  #hear({ event, data }: QmpEvent): void {
    const { instanceId } = this
    if (event === 'RESET' && data.guest === true) {
      this.#ready.reset(this.console.size())
      this.#host.emit({ instanceId, kind: 'reset' })
    } else if (event === 'SHUTDOWN') {
      this.#guestOff = true
      this.#wake()
      if (!this.#ending) void this.#host.exclusive(instanceId, () => this.#settleGuestOff())
    }
  }

  /** Ends QEMU after its guest has powered off by itself. */
  async #settleGuestOff(): Promise<void> {
    if (!this.#guestOff || this.#ending || this.#released) return
    try {
      await this.end()
      this.#host.emit({ instanceId: this.instanceId, kind: 'powered-off' })
    } catch (error) {
      this.#host.log.warn(
        { instanceId: this.instanceId, err: error },
        'a machine that is off cannot be ended',
      )
    }
  }

  /** Connects again as long as the process lives; when it has died, that was a crash. */
  async #reconnect(): Promise<void> {
    const identity = this.#identity
    if (!identity) return
    const became = await this.#link.reconnect(
      identity,
      () => this.#identity === identity && !this.#released && !this.#ending,
    )
    if (!became) return
    await this.#host.exclusive(this.instanceId, () =>
      became === 'died' ? this.#crashed(identity) : this.#settleGuestOff(),
    )
  }

  async #crashed(identity: ProcessIdentity): Promise<void> {
    if (this.#identity !== identity || this.#ending || this.#released) return
    const { instanceId } = this
    const words = qemuWords(this.#paths.log)
    this.#host.log.warn({ instanceId, pid: identity.pid, words }, 'a machine crashed')
    this.#forgetProcess()
    // A signal from outside ends QEMU in order, with a SHUTDOWN event.
    const kind = this.#guestOff ? 'powered-off' : 'crashed'
    await this.#save({ state: this.#guestOff ? 'off' : 'crashed' }).catch((error) =>
      this.#host.log.warn({ instanceId, err: error }, 'the notes on a crashed machine cannot be kept'),
    )
    this.#host.emit({ instanceId, kind })
  }

  async #powerDown(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController()
    const wake = () => over.abort()
    this.#waiters.add(wake)
    signal?.addEventListener('abort', wake, { once: true })
    if (this.#doomed || signal?.aborted) wake()
    try {
      await pressPowerButton(() => this.#link.qmp, timeoutMs, over.signal)
    } finally {
      this.#waiters.delete(wake)
      signal?.removeEventListener('abort', wake)
    }
    if (this.#guestOff || !this.#alive()) return
    if (signal?.aborted)
      throw new NephosError('cancelled', 'The stop was cancelled.', { cause: signal.reason })
    if (this.#released) throw new NephosError('unavailable', 'The compute worker is being stopped.')
  }

  #wake(): void {
    for (const wake of this.#waiters) wake()
  }

  #alive(): boolean {
    return this.#identity !== null && isAlive(this.#identity)
  }

  #forgetProcess(): void {
    this.#link.close()
    this.#identity = null
    rmSync(this.#paths.identity, { force: true })
  }

  async #save(change: Partial<MachineRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change }
    if (exists(this.#paths.dir)) await writeRecord(this.#paths.record, this.#record)
  }
}

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined
