import { appendFileSync, mkdirSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import type {
  BaseImage,
  ComputeDriver,
  DestroyOptions,
  Inventory,
  MachineEvent,
  MachineSpec,
  MachineStatus,
  Nic,
} from '../../driver.ts'
import type { Samples } from '../../samples.ts'
import { DiskStore, StoredDisks, storageFacts } from '../disk-store.ts'
import { MachineEvents } from '../events.ts'
import { KeyedLock } from '../keyed-lock.ts'
import { ConsoleLog } from '../serial/console-log.ts'
import { diskNotes, SimulatedDisks } from './disks.ts'
import { SimulatedGuestAgents, SimulatedHolds, SimulatedRescueDisks } from './holds.ts'
import { bootText, faults, lastState, type SimulatedMachine } from './machine.ts'
import { SimulatedColdMoves, SimulatedLiveMoves } from './moves.ts'
import { simulatedSamples } from './samples.ts'
import { SerialEchoes } from './serial-echo.ts'
import { makeStoredDisk } from './stored-disk.ts'
import { SimulatedVolumes } from './volumes.ts'

/** What a simulated host needs to know. */
export interface SimulatedDriverOptions {
  /** Directory of this host's instances. */
  instancesDir: string
  vcpus: number
  ramMib: number
  diskGib: number
  consoleLogBytes: number
  /** Name of this host, by which it has its part in what several hosts have. Default `host`. */
  hostName?: string
  /** Directory of disks that other hosts may have, too. */
  disksDir?: string | null
  /** How long a guest "boots", in milliseconds. Default 300. */
  bootMs?: number
  onError?: (error: unknown) => void
}

const powerStates = {
  running: 1,
  off: 4,
  crashed: 6,
  paused: 3,
  incoming: 3,
  arrived: 3,
  left: 4,
  suspended: 7,
} as const
/** Its console is gone, too. */
const hasEnded = (state: SimulatedMachine['state']) =>
  state === 'off' || state === 'crashed' || state === 'suspended'
const failed = (message: string): NephosError => new NephosError('driver_failed', `simulated: ${message}`)

/**
 * Machines that exist only as a state file and a synthetic log: for work on the dashboard and for scale tests. They
 * survive the worker like real ones. A name such as `fail-start-x` asks for a failure (see {@link faults}).
 */
export class SimulatedDriver implements ComputeDriver {
  readonly name = 'simulated'
  readonly disks: SimulatedDisks
  readonly holds: SimulatedHolds
  readonly agents: SimulatedGuestAgents
  readonly rescueDisks: SimulatedRescueDisks
  readonly volumes: SimulatedVolumes
  readonly cold: SimulatedColdMoves
  readonly live: SimulatedLiveMoves
  readonly storage: StoredDisks
  readonly #options: SimulatedDriverOptions
  readonly #machines = new Map<string, SimulatedMachine>()
  readonly #store: DiskStore | null
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #lock = new KeyedLock()
  readonly #events: MachineEvents
  readonly #serial = new SerialEchoes((id, text) => this.#write(id, text))

  constructor(options: SimulatedDriverOptions) {
    this.#options = options
    const store = options.disksDir ? new DiskStore(options.disksDir, options.hostName ?? 'host') : null
    this.#store = store
    this.storage = new StoredDisks(store, { uid: null, isStored: async () => true })
    this.#events = new MachineEvents(options.onError ?? (() => {}))
    this.disks = new SimulatedDisks({
      dir: (instanceId) => this.#dir(instanceId),
      machine: (instanceId) => this.#machines.get(instanceId),
      save: (machine) => this.#save(machine),
      end: (instanceId) => this.#stop(instanceId, 0),
      exclusive: (instanceId, task) => this.#lock.run(instanceId, task),
    })
    const held = {
      exclusive: <Result>(id: string, task: () => Promise<Result>) => this.#lock.run(id, task),
      machine: (id: string) => this.#machines.get(id),
      save: (machine: SimulatedMachine, line: string) => {
        this.#write(machine.instanceId, `simulated: ${line}\n`)
        this.#save(machine)
      },
      status: (id: string) => this.status(id),
    }
    this.holds = new SimulatedHolds(held)
    this.agents = new SimulatedGuestAgents(held)
    this.rescueDisks = new SimulatedRescueDisks(held)
    this.volumes = new SimulatedVolumes(held)
    const moves = {
      store,
      dir: (id: string) => this.#dir(id),
      get: (id: string) => this.#machines.get(id),
      save: (machine: SimulatedMachine) => this.#save(machine),
      reload: (id: string) => this.#reload(id),
      forget: (id: string) => this.#clearTimer(id),
      wake: (machine: SimulatedMachine) => this.#scheduleGuest(machine),
      exclusive: <Result>(id: string, task: () => Promise<Result>) => this.#lock.run(id, task),
    }
    this.cold = new SimulatedColdMoves(moves)
    this.live = new SimulatedLiveMoves(moves)
  }

  async inventory(): Promise<Inventory> {
    const { vcpus, ramMib, diskGib } = this.#options
    const storageId = (await this.#store?.open()) ?? null
    return {
      vcpus,
      ramMib,
      diskGib,
      facts: {
        ...storageFacts({ store: this.#store, storageId }),
        simulated: true,
        accelerator: 'none',
        uefi: true,
        cpuLimits: true,
      },
    }
  }

  /** Takes over what is on disk of a machine that came from another host. */
  async #reload(id: string): Promise<void> {
    const machine = lastState(await readFile(this.#stateFile(id), 'utf8').catch(() => ''))
    if (!machine) throw failed(`${id} did not arrive whole`)
    this.#machines.set(id, machine)
  }

  async adopt(): Promise<MachineStatus[]> {
    const names = await readdir(this.#options.instancesDir).catch(() => [])
    await Promise.all(
      names.map(async (id) => {
        const machine = lastState(await readFile(this.#stateFile(id), 'utf8').catch(() => ''))
        if (!machine || this.#machines.has(id)) return
        this.#machines.set(id, machine)
        if (machine.state === 'running') this.#scheduleGuest(machine)
      }),
    )
    return this.list()
  }

  async cacheImage(
    image: BaseImage,
    { signal, onProgress }: { signal: AbortSignal; onProgress: (bytes: number) => void },
  ): Promise<void> {
    if (signal.aborted)
      throw new NephosError('cancelled', 'The copy of the image was cancelled.', { cause: signal.reason })
    onProgress(image.sizeBytes)
  }

  createDisk(spec: MachineSpec): Promise<void> {
    return this.#lock.run(spec.instanceId, async () => {
      if (faults.disk(spec.name)) throw failed(`no disk for ${spec.name}, as its name asks`)
      if (this.#machines.has(spec.instanceId)) return
      await makeStoredDisk(this.#store, spec.instanceId)
      mkdirSync(this.#dir(spec.instanceId), { recursive: true })
      this.#save({
        version: 1,
        instanceId: spec.instanceId,
        name: spec.name,
        vcpus: spec.vcpus,
        ramMib: spec.ramMib,
        diskGib: spec.diskGib,
        ...diskNotes(spec),
        state: 'off',
        boots: 0,
      })
    })
  }

  start(spec: MachineSpec): Promise<MachineStatus> {
    return this.#lock.run(spec.instanceId, () => this.#start(spec))
  }

  stop(
    instanceId: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<void> {
    return this.#lock.run(instanceId, () => this.#stop(instanceId, timeoutMs, signal))
  }

  reboot(
    spec: MachineSpec,
    { hard, timeoutMs }: { hard: boolean; timeoutMs: number },
  ): Promise<MachineStatus> {
    return this.#lock.run(spec.instanceId, async () => {
      await this.#stop(spec.instanceId, hard ? 0 : timeoutMs)
      return this.#start(spec)
    })
  }

  plugNic(instanceId: string, nic: Nic): Promise<void> {
    return this.#lock.run(instanceId, async () => {
      const machine = this.#machines.get(instanceId)
      if (machine?.state !== 'running') return
      if (faults.plug(machine.name)) throw failed(`${machine.name} takes no interface, as its name asks`)
      this.#write(instanceId, `simulated: interface ${nic.mac} on ${nic.tap} plugged in\n`)
    })
  }

  unplugNic(instanceId: string, portId: string): Promise<void> {
    return this.#lock.run(instanceId, async () => {
      const machine = this.#machines.get(instanceId)
      if (machine?.state !== 'running') return
      if (faults.unplug(machine.name)) throw failed(`${machine.name} keeps its interfaces, as its name asks`)
      this.#write(instanceId, `simulated: interface of port ${portId} unplugged\n`)
    })
  }

  async status(instanceId: string): Promise<MachineStatus> {
    const machine = this.#machines.get(instanceId)
    return { instanceId, powerState: powerStates[machine?.state ?? 'off'], pid: null }
  }

  list(): Promise<MachineStatus[]> {
    return Promise.all([...this.#machines.keys()].map((id) => this.status(id)))
  }

  destroy(instanceId: string, { keepDisks = false }: DestroyOptions = {}): Promise<void> {
    return this.#lock.run(instanceId, async () => {
      this.#clearTimer(instanceId)
      await this.cold.withdraw(instanceId)
      this.live.release(instanceId)
      this.#machines.delete(instanceId)
      this.#serial.end(instanceId)
      await rm(this.#dir(instanceId), { recursive: true, force: true })
      if (!keepDisks) await this.#store?.release(instanceId)
    })
  }

  consolePath(instanceId: string): string {
    return join(this.#dir(instanceId), 'console.log')
  }

  async readConsole(instanceId: string, offset: number, limit: number) {
    return this.#console(instanceId).read(offset, limit)
  }

  async openConsole(instanceId: string, kind: 'vnc' | 'serial'): Promise<Duplex> {
    const { state } = this.#machines.get(instanceId) ?? {}
    return this.#serial.connect(instanceId, kind, state !== undefined && !hasEnded(state))
  }

  async samples(): Promise<Samples> {
    return simulatedSamples(this.#machines.values(), this.#options.instancesDir)
  }

  onEvent(listener: (event: MachineEvent) => void): void {
    this.#events.add(listener)
  }

  async close(): Promise<void> {
    for (const id of this.#timers.keys()) this.#clearTimer(id)
    this.live.close()
    await this.cold.close()
    this.#serial.close()
  }

  async #start(spec: MachineSpec): Promise<MachineStatus> {
    const machine = this.#machines.get(spec.instanceId)
    if (!machine) throw failed(`${spec.instanceId} has no disk; make it before the start`)
    if (machine.state === 'running') {
      for (const volume of spec.volumes ?? []) await this.volumes.plugInto(machine, volume)
      return this.status(spec.instanceId)
    }
    if (faults.start(spec.name)) throw failed(`${spec.name} does not start, as its name asks`)
    if (faults.slowStart(spec.name)) await sleep(2_000)
    const booted: SimulatedMachine = {
      ...machine,
      name: spec.name,
      vcpus: spec.vcpus,
      ramMib: spec.ramMib,
      diskGib: spec.diskGib,
      boots: machine.boots + 1,
      startedAt: Date.now(),
      taps: spec.nics.map(({ tap }) => tap),
      volumes: spec.volumes?.map(({ volumeId }) => volumeId) ?? [],
      state: 'running',
    }
    this.#write(spec.instanceId, bootText(booted, spec.nics, new Date()))
    this.#save(booted)
    if (machine.boots > 0) this.#console(spec.instanceId).trim()
    this.#scheduleGuest(booted)
    return this.status(spec.instanceId)
  }

  async #stop(instanceId: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const machine = this.#machines.get(instanceId)
    if (!machine || machine.state === 'off') return
    if (faults.stop(machine.name)) throw failed(`${machine.name} does not stop, as its name asks`)
    if (machine.state === 'running' && faults.ignoresPowerButton(machine.name))
      await sleep(timeoutMs, undefined, { signal }).catch((cause) => {
        throw new NephosError('cancelled', 'The stop was cancelled.', { cause })
      })
    this.#clearTimer(instanceId)
    if (machine.state === 'running') this.#write(instanceId, 'simulated: power off\n')
    this.#save({ ...machine, state: 'off' })
  }

  /** What a guest does by itself after its start. */
  #scheduleGuest({ instanceId, name }: SimulatedMachine): void {
    if (faults.neverReady(name)) return
    this.#clearTimer(instanceId)
    const timer = setTimeout(() => {
      void this.#lock
        .run(instanceId, async () => this.#guestActs(instanceId))
        .catch((error) => (this.#options.onError ?? (() => {}))(error))
    }, this.#options.bootMs ?? 300)
    timer.unref()
    this.#timers.set(instanceId, timer)
  }

  #guestActs(instanceId: string): void {
    this.#timers.delete(instanceId)
    const machine = this.#machines.get(instanceId)
    if (machine?.state !== 'running') return
    const { name } = machine
    if (faults.crash(name) || faults.powerOff(name)) {
      const crashed = faults.crash(name)
      this.#write(instanceId, `simulated: ${crashed ? 'crash' : 'guest powered off'}\n`)
      this.#save({ ...machine, state: crashed ? 'crashed' : 'off' })
      this.#events.emit({ instanceId, kind: crashed ? 'crashed' : 'powered-off' })
      return
    }
    // A worker that came back announces it again, in case its predecessor could not; the log has it once.
    const ready = `READY ${name} (simulated)\n`
    if (!this.#console(instanceId).read(-Buffer.byteLength(ready), 4_096).text.endsWith(ready))
      this.#write(instanceId, ready)
    this.#events.emit({ instanceId, kind: 'guest-ready' })
  }

  #write(instanceId: string, text: string): void {
    appendFileSync(this.consolePath(instanceId), text)
  }

  /** Appends, which costs a tenth of replacing a file. */
  #save(machine: SimulatedMachine): void {
    appendFileSync(this.#stateFile(machine.instanceId), `${JSON.stringify(machine)}\n`)
    this.#machines.set(machine.instanceId, machine)
    if (hasEnded(machine.state)) this.#serial.end(machine.instanceId)
  }

  #clearTimer(instanceId: string): void {
    clearTimeout(this.#timers.get(instanceId))
    this.#timers.delete(instanceId)
  }

  #console(instanceId: string): ConsoleLog {
    const dir = this.#dir(instanceId)
    return new ConsoleLog({
      live: this.consolePath(instanceId),
      dir,
      limitBytes: this.#options.consoleLogBytes,
    })
  }

  #dir(instanceId: string): string {
    return join(this.#options.instancesDir, instanceId)
  }

  #stateFile(instanceId: string): string {
    return join(this.#dir(instanceId), 'simulated.jsonl')
  }
}
