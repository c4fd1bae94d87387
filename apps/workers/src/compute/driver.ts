import type { Duplex, Readable } from 'node:stream'
import type { MachineOptions } from '@nephos/core'
import type { MachineDisks } from './disks.ts'
import type { GuestAgents, MachineHolds, RescueDisks } from './holds.ts'
import type { ColdMoves, LiveMoves } from './moves.ts'
import type { Samples } from './samples.ts'
import type { MachineStorage } from './storage.ts'
import type { MachineVolume, MachineVolumes } from './volumes.ts'

/** What a host can give. */
export interface Inventory {
  vcpus: number
  ramMib: number
  diskGib: number
  /** Versions, CPU model, accelerator and why it was chosen. */
  facts: { [key: string]: string | number | boolean | null }
}

/** An image as it must be cached before a machine can use it. */
export interface BaseImage {
  imageId: string
  /** sha512 of the bytes: the cache's key and what a finished copy is checked against. */
  sha512: string
  format: 'qcow2' | 'raw'
  sizeBytes: number
  open: () => Promise<Readable>
}

/** One network interface of a machine, already wired on the host. */
export interface Nic {
  portId: string
  mac: string
  tap: string
  mtu: number
  /**
   * Position among the interfaces, which decides the slot of the card: the same on every host, also after others came
   * and went. Where it is missing, the place in the list.
   */
  slot?: number
}

/** Everything needed to start one machine. */
export interface MachineSpec {
  instanceId: string
  name: string
  vcpus: number
  ramMib: number
  diskGib: number
  /** What its root disk lies over; null: its root disk is a volume. */
  image: Pick<BaseImage, 'imageId' | 'sha512' | 'format'> | null
  nics: Nic[]
  /** Network namespace that holds the taps; null for the host's own. */
  netns: string | null
  /** The guest comes from another host: the machine waits for it. */
  incoming?: boolean
  /** What the machine is made like; a plain one where it is missing. */
  options?: MachineOptions
  /** A second, empty disk, swap area and config drive, each only where it is more than 0 or true. */
  ephemeralGib?: number
  swapMib?: number
  configDrive?: boolean
  /** The channel to an agent in the guest. */
  guestAgent?: boolean
  /** What it has beside its own disks, connected to this host. */
  volumes?: MachineVolume[]
  /** Boots from a temporary disk made of this image (`rescueDisks`); its own root disk is the second one. */
  rescue?: Pick<BaseImage, 'imageId' | 'sha512' | 'format'>
}

/** What the driver sees of one machine. Nova's numbers: 1 running, 3 paused, 4 shut down, 6 crashed, 7 suspended. */
export interface MachineStatus {
  instanceId: string
  powerState: 1 | 3 | 4 | 6 | 7
  pid: number | null
}

/** How a machine is destroyed. */
export interface DestroyOptions {
  /** This host keeps its part in disks on storage that several hosts have: they stay until it gives that up. */
  keepDisks?: boolean
}

/** Something that happened without being asked for. */
export interface MachineEvent {
  instanceId: string
  kind: 'powered-off' | 'crashed' | 'reset' | 'guest-ready'
}

/**
 * The hypervisor of one host. Every method is idempotent: asking for what already is succeeds. Machines outlive the
 * process; a new driver finds them again with `adopt`.
 * @throws NephosError driver_failed with the hypervisor's own words
 */
export interface ComputeDriver {
  readonly name: 'qemu' | 'simulated'
  readonly disks: MachineDisks
  readonly holds: MachineHolds
  readonly agents: GuestAgents
  readonly rescueDisks: RescueDisks
  readonly volumes: MachineVolumes
  /** Moves of machines that are off. */
  readonly cold: ColdMoves
  /** Moves of machines that run. */
  readonly live: LiveMoves
  /** Where disks are, as far as other hosts may have them, too. */
  readonly storage: MachineStorage
  inventory(): Promise<Inventory>
  /** Finds the machines a former process left running and reconnects to them. */
  adopt(): Promise<MachineStatus[]>
  /** Copies the image into the host's cache, once; checks its hash. */
  cacheImage(
    image: BaseImage,
    options: { signal: AbortSignal; onProgress: (bytes: number) => void },
  ): Promise<void>
  /** Copy-on-write disk over the cached image (unless a volume is the root disk), ephemeral disk and swap area. */
  createDisk(spec: MachineSpec): Promise<void>
  start(spec: MachineSpec): Promise<MachineStatus>
  /** Asks the guest to power off, and forces it after `timeoutMs` (0: at once). */
  stop(instanceId: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>
  /** `soft` asks the guest and falls back to hard after `timeoutMs`. A machine that is off is started. */
  reboot(spec: MachineSpec, options: { hard: boolean; timeoutMs: number }): Promise<MachineStatus>
  /**
   * Gives a running machine one more interface, which is wired on this host; one that is off gets it at its next start.
   * @throws NephosError conflict when the machine has no slot left
   */
  plugNic(instanceId: string, nic: Nic, options: MachineOptions): Promise<void>
  /**
   * Takes an interface from a machine. A running guest has to let go of it.
   * @throws NephosError driver_failed when it does not in time, or cannot because it is paused
   */
  unplugNic(instanceId: string, portId: string): Promise<void>
  status(instanceId: string): Promise<MachineStatus>
  list(): Promise<MachineStatus[]>
  /**
   * Ends the machine and removes everything it had on this host: process, disk, sockets, logs. Disks on storage that
   * several hosts have stay as long as another host has a part in them.
   */
  destroy(instanceId: string, options?: DestroyOptions): Promise<void>
  /** Path of the serial log, present from the first start. */
  consolePath(instanceId: string): string
  /**
   * Reads the bounded serial log; a negative offset counts from the end. `offset` of the answer is where the text
   * really starts; the text has exactly as many UTF-8 bytes as were read, so reading goes on at their sum. `size` counts
   * every byte ever written, also those that are no longer kept.
   */
  readConsole(
    instanceId: string,
    offset: number,
    limit: number,
  ): Promise<{ offset: number; size: number; text: string }>
  /**
   * Connects to a console of a machine that runs. A screen (RFB) serves many connections, the serial port one at a
   * time. The stream closes when the machine ends.
   * @throws NephosError conflict when it does not run, unsupported when it has no such console
   */
  openConsole(instanceId: string, kind: 'vnc' | 'serial'): Promise<Duplex>
  /**
   * One look at the counters of the host and of every machine that runs. What does not answer in two seconds is left
   * out and delays nothing else.
   */
  samples(): Promise<Samples>
  onEvent(listener: (event: MachineEvent) => void): void
  /** Lets go of the machines without ending them. */
  close(): Promise<void>
}
