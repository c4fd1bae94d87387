import { mkdir, readdir, stat } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import type { MachineOptions } from '@nephos/core'
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
import { DiskStore, StoredDisks } from '../disk-store.ts'
import { MachineEvents } from '../events.ts'
import { KeyedLock } from '../keyed-lock.ts'
import { QemuColdMoves } from './cold-moves.ts'
import type { Accelerator } from './command-line.ts'
import { connectConsole } from './console-socket.ts'
import { type CpuController, findCpuController } from './cpu-cgroup.ts'
import { QemuDisks } from './disks/qemu-disks.ts'
import { QemuGuestAgents } from './guest-agents.ts'
import { QemuHolds, QemuRescueDisks } from './holds.ts'
import { runHostCommand } from './host-command.ts'
import { plugNic, unplugNic } from './hotplug-nic.ts'
import { ImageCache } from './image-cache.ts'
import { instancePaths } from './instance-paths.ts'
import { hostInventory } from './inventory.ts'
import { QemuLiveMoves } from './live-moves.ts'
import { type MachineHost, QemuMachine } from './machine.ts'
import { QemuSampler } from './samples.ts'
import { becomeUser, ensureUser, kvmGroup, openDevice, type QemuUser } from './user.ts'
import { QemuVolumes } from './volumes/qemu-volumes.ts'

/** What the QEMU driver of a host needs to know. */
export interface QemuDriverOptions {
  /** Directory of this host's instances. */
  instancesDir: string
  /** Directory of this host's copies of images, as far as disks are beside the rest of a machine. */
  cacheDir: string
  /** Most bytes of images there that nothing uses; 0: as many as there is room for. */
  imageCacheBytes?: number
  /** Name of this host, by which it has its part in what several hosts have. Default `host`. */
  hostName?: string
  /** Directory of disks that other hosts may have, too; null: they are in `instancesDir`. */
  disksDir?: string | null
  /** System user that QEMU runs as when this process is root; made when it is missing. */
  qemuUser: string
  accelerator: Accelerator
  /** Why this accelerator, for the host's facts. */
  acceleratorReason?: string
  consoleLogBytes: number
  /** Default `qemu-system-x86_64`. */
  binary?: string
  log: MachineHost['log']
}

const tickMs = 500
const rootless: CpuController = { version: null, reason: 'Only root can limit CPU time.' }

/** Machines run by QEMU, one process each, driven over QMP. */
export class QemuDriver implements ComputeDriver {
  readonly name = 'qemu'
  readonly disks: QemuDisks
  readonly holds: QemuHolds
  readonly agents: QemuGuestAgents
  readonly rescueDisks: QemuRescueDisks
  readonly volumes: QemuVolumes
  readonly cold: QemuColdMoves
  readonly live: QemuLiveMoves
  readonly storage: StoredDisks
  readonly #options: QemuDriverOptions & { hostName: string }
  readonly #host: MachineHost
  readonly #cache: ImageCache
  readonly #sampler: QemuSampler
  readonly #machines = new Map<string, QemuMachine>()
  readonly #lock = new KeyedLock()
  readonly #events: MachineEvents
  readonly #ticker: NodeJS.Timeout
  #storageId: string | null = null

  private constructor(
    options: QemuDriverOptions,
    launch: Pick<MachineHost, 'user' | 'groups' | 'cpu' | 'store'>,
  ) {
    const { hostName = 'host' } = options
    this.#options = { ...options, hostName }
    this.#events = new MachineEvents((err) =>
      options.log.warn({ err }, 'a listener of machine events failed'),
    )
    const { store, user } = launch
    this.#cache = new ImageCache(store?.images ?? options.cacheDir, hostName, {
      mostBytes: options.imageCacheBytes ?? 0,
      freeBytes: 2 ** 30,
    })
    this.#sampler = new QemuSampler(store?.dir ?? options.instancesDir)
    this.storage = new StoredDisks(store, {
      uid: user?.uid ?? null,
      isStored: async (id) => (await this.#machine(id)).paths.stored,
    })
    this.#host = {
      ...launch,
      instancesDir: options.instancesDir,
      hostName,
      consoleLogBytes: options.consoleLogBytes,
      accelerator: options.accelerator,
      binary: options.binary ?? 'qemu-system-x86_64',
      log: options.log,
      emit: (event) => this.#events.emit(event),
      exclusive: (instanceId, task) => this.#lock.run(instanceId, task),
    }
    const moves = {
      cache: this.#cache,
      user,
      hostName,
      machine: (id: string) => this.#machine(id),
      createDisk: (spec: MachineSpec) => this.createDisk(spec),
      exclusive: this.#host.exclusive,
    }
    this.cold = new QemuColdMoves(moves)
    this.live = new QemuLiveMoves(moves)
    this.disks = new QemuDisks({
      cache: this.#cache,
      user,
      hostName,
      machine: (instanceId) => this.#machine(instanceId),
      exclusive: this.#host.exclusive,
    })
    this.holds = new QemuHolds(moves)
    this.rescueDisks = new QemuRescueDisks(moves)
    this.volumes = new QemuVolumes({
      machine: (id) => this.#machines.get(id),
      exclusive: this.#host.exclusive,
    })
    this.agents = new QemuGuestAgents((id) => instancePaths(options.instancesDir, id).agent)
    this.#ticker = setInterval(() => this.#tick(), tickMs)
    this.#ticker.unref()
  }

  /**
   * Prepares the host: user, directories. Call `onEvent`, then `adopt`, before anything else.
   * @throws NephosError driver_failed
   */
  static async open(options: QemuDriverOptions): Promise<QemuDriver> {
    const user = await ensureUser(options.qemuUser)
    const group = options.accelerator === 'kvm' && user ? await kvmGroup() : null
    if (user) await openDevice('/dev/net/tun')
    if (user && options.accelerator === 'kvm') await openDevice('/dev/kvm')
    await mkdir(options.instancesDir, { recursive: true, mode: 0o711 })
    const cpu = process.getuid?.() === 0 ? await findCpuController(options.instancesDir) : rootless
    const store = options.disksDir ? new DiskStore(options.disksDir, options.hostName ?? 'host') : null
    const storageId = (await store?.open()) ?? null
    if (store) await mayEnter(store.dir, user)
    const driver = new QemuDriver(options, { user, cpu, store, groups: group === null ? [] : [group] })
    driver.#storageId = storageId
    await driver.#cache.open()
    return driver
  }

  inventory(): Promise<Inventory> {
    return hostInventory({
      ...this.#host,
      acceleratorReason: this.#options.acceleratorReason,
      storageId: this.#storageId,
      userName: this.#host.user?.name,
    })
  }

  async adopt(): Promise<MachineStatus[]> {
    const ids = await readdir(this.#options.instancesDir)
    return (
      await Promise.all(
        ids.map((id) =>
          this.#lock.run(id, async () => {
            if (this.#machines.has(id)) return this.#machines.get(id)!.status()
            if (!(await hasMachine(this.#options.instancesDir, id))) return null
            return (await this.#machine(id)).adopt()
          }),
        ),
      )
    ).filter((status) => status !== null)
  }

  cacheImage(
    image: BaseImage,
    options: { signal: AbortSignal; onProgress: (bytes: number) => void },
  ): Promise<void> {
    return this.#cache.ensure(image, options)
  }

  createDisk(spec: MachineSpec): Promise<void> {
    return this.#lock.run(spec.instanceId, async () => {
      const machine = await this.#machine(spec.instanceId)
      await this.disks.create(spec, machine)
    })
  }

  start(spec: MachineSpec): Promise<MachineStatus> {
    return this.#lock.run(spec.instanceId, async () => (await this.#machine(spec.instanceId)).start(spec))
  }

  stop(
    instanceId: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<void> {
    return this.#lock.run(instanceId, async () => this.#machines.get(instanceId)?.stop(timeoutMs, signal))
  }

  reboot(
    spec: MachineSpec,
    { hard, timeoutMs }: { hard: boolean; timeoutMs: number },
  ): Promise<MachineStatus> {
    return this.#lock.run(spec.instanceId, async () => {
      const machine = await this.#machine(spec.instanceId)
      await machine.stop(hard ? 0 : timeoutMs)
      return machine.start(spec)
    })
  }

  plugNic(instanceId: string, nic: Nic, { vifModel, machineType }: MachineOptions): Promise<void> {
    return this.#lock.run(instanceId, async () => {
      const qmp = await this.#machines.get(instanceId)?.monitor()
      if (qmp) await plugNic(qmp, nic, vifModel, machineType)
    })
  }

  unplugNic(instanceId: string, portId: string): Promise<void> {
    return this.#lock.run(instanceId, async () => {
      const qmp = await this.#machines.get(instanceId)?.monitor()
      if (qmp) await unplugNic(qmp, portId)
    })
  }

  async status(instanceId: string): Promise<MachineStatus> {
    return this.#machines.get(instanceId)?.status() ?? { instanceId, powerState: 4, pid: null }
  }

  list(): Promise<MachineStatus[]> {
    return Promise.all([...this.#machines.values()].map((machine) => machine.status()))
  }

  destroy(instanceId: string, options?: DestroyOptions): Promise<void> {
    this.#machines.get(instanceId)?.doom()
    void this.cold.withdraw(instanceId)
    return this.#lock.run(instanceId, async () => {
      await (await this.#machine(instanceId)).destroy(options)
      this.#machines.delete(instanceId)
    })
  }

  consolePath(instanceId: string): string {
    return instancePaths(this.#options.instancesDir, instanceId).serialLog
  }

  async readConsole(instanceId: string, offset: number, limit: number) {
    const machine = this.#machines.get(instanceId)
    return machine?.console.read(offset, limit) ?? { offset: 0, size: 0, text: '' }
  }

  openConsole(instanceId: string, kind: 'vnc' | 'serial'): Promise<Duplex> {
    return connectConsole(instancePaths(this.#options.instancesDir, instanceId), kind)
  }

  samples(): Promise<Samples> {
    const sources = [...this.#machines.values()].map((machine) => machine.sampleSource())
    return this.#sampler.sample(sources.filter((source) => source !== null))
  }

  onEvent(listener: (event: MachineEvent) => void): void {
    this.#events.add(listener)
  }

  async close(): Promise<void> {
    clearInterval(this.#ticker)
    await this.cold.close()
    for (const machine of this.#machines.values()) machine.release()
    this.#machines.clear()
  }

  async #machine(instanceId: string): Promise<QemuMachine> {
    if (!/^[0-9a-f-]{36}$/i.test(instanceId))
      throw new NephosError('invalid_input', 'The id of an instance is a UUID.', { field: 'instanceId' })
    const known = this.#machines.get(instanceId)
    if (known) return known
    const machine = await QemuMachine.load(this.#host, instanceId)
    this.#machines.set(instanceId, machine)
    return machine
  }

  #tick(): void {
    for (const machine of this.#machines.values()) {
      try {
        machine.tick()
      } catch (err) {
        this.#host.log.warn(
          { err, instanceId: machine.instanceId },
          'the logs of a machine cannot be looked after',
        )
      }
    }
  }
}

/** @throws NephosError driver_failed when QEMU's user cannot go through the directory */
async function mayEnter(dir: string, user: QemuUser | null): Promise<void> {
  await runHostCommand([...becomeUser(user), 'test', '-x', dir]).catch((cause) => {
    throw new NephosError(
      'driver_failed',
      `The user ${user?.name ?? 'of QEMU'} cannot reach disks in ${dir}.`,
      {
        field: 'instances_directory',
        remedy: 'Let everybody go through that directory and those above it: chmod a+x.',
        cause,
      },
    )
  })
}

/** A directory that a QEMU machine has, whole or not; other drivers' machines lie beside them. */
async function hasMachine(instancesDir: string, id: string): Promise<boolean> {
  if (!/^[0-9a-f-]{36}$/i.test(id)) return false
  const { record, vm } = instancePaths(instancesDir, id)
  const found = await Promise.all([record, vm].map((path) => stat(path).catch(() => null)))
  return found.some((entry) => entry !== null)
}
