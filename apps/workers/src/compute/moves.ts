import { z } from 'zod'
import type { MachineSpec, MachineStatus } from './driver.ts'
import type { FetchOptions } from './transfer/fetch.ts'
import type { FileOffer, Underlay } from './transfer/offer.ts'

/** Moves of machines that are off. Every method is idempotent. */
export interface ColdMoves {
  /**
   * Offers the machine's files to the host that it moves to; asked again for the same move, the same offer.
   * `sharedDisks`: that host sees the disks, and gets only the rest.
   */
  offer(
    instanceId: string,
    migrationId: string,
    underlay: Underlay,
    options?: { sharedDisks: boolean },
  ): Promise<FileOffer>
  /** Takes the offer back. */
  withdraw(instanceId: string): Promise<void>
  /** Makes the machine here, off, from offered files. What an earlier move left of it goes first. */
  receive(spec: MachineSpec, offer: FileOffer, options: FetchOptions): Promise<void>
  /** Makes the root disk as large as the specification says; a larger one stays as it is. */
  grow(spec: MachineSpec): Promise<void>
  /** Keeps the disks as they are now under the name of the move: for one that ends on the host where it began. */
  keep(instanceId: string, migrationId: string): Promise<void>
  /** Makes the disks what they were when they were kept. Does nothing when nothing is kept. */
  bringBack(instanceId: string, migrationId: string): Promise<void>
  /** Forgets what was kept. */
  forget(instanceId: string, migrationId: string): Promise<void>
}

/** A writable disk of a machine that runs. */
const liveDisk = z.object({
  node: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,30}$/),
  bytes: z.number().int(),
})

/** What the destination must know of the machine that comes. */
export const liveCargo = z.object({
  /** Disks to be copied; none when both hosts see the same ones. */
  disks: z.array(liveDisk).max(26),
  /** The destination sees the disks that the machine has. */
  sharedDisks: z.boolean().default(false),
})
export type LiveCargo = z.infer<typeof liveCargo>

const port = z.object({ host: z.string(), port: z.number().int() })

/** Where the destination waits for memory and disks. */
export const liveDoor = z.object({ ram: port, disks: port.nullable() })
export type LiveDoor = z.infer<typeof liveDoor>

/** How far a live migration is. */
export interface LiveProgress {
  phase: 'disks' | 'memory'
  totalBytes: number
  doneBytes: number
}

/** How a live migration is copied. */
export interface CopyOptions {
  migrationId: string
  door: LiveDoor
  cargo: LiveCargo
  signal: AbortSignal
  /** Bytes a second; 0 for as fast as it goes. */
  bandwidth: number
  /** Called a few times a second. Answers whether the guest shall be paused, so that the rest can be copied. */
  onProgress: (progress: LiveProgress) => Promise<{ pause: boolean }>
  /** Called when it changes how near the end is: before the guest stands still, what is sent to it has to be copied. */
  onEnd: (end: CopyEnd) => Promise<void>
}

/**
 * How near the end of a copy is, when the guest stands still for good: it may come at any moment once it is near, and
 * has come when it is here.
 */
export type CopyEnd = 'far' | 'near' | 'here'

/** How a live migration is taken back. */
export interface CancelOptions {
  /** The guest goes on; otherwise it stands, as before. */
  resume: boolean
  /** The destination's machine has been destroyed, so that even a guest that had left may go on here. */
  destinationGone?: boolean
}

/**
 * Moves of machines that run. The guest is in the source's hands until `switchOver` was called, and runs on the
 * destination only after `finish`: whoever calls them decides between the two, once.
 */
export interface LiveMoves {
  /** What would have to be copied. @throws NephosError conflict when the machine does not run */
  cargo(instanceId: string, options: { sharedDisks: boolean }): Promise<LiveCargo>
  /** Destination: starts the empty machine that waits for the guest. */
  prepare(spec: MachineSpec, migrationId: string, cargo: LiveCargo, address: string): Promise<LiveDoor>
  /**
   * Source: copies disks and memory until only the switch-over is left; the guest stands still from then on. Goes on
   * where a former worker left it.
   * @returns since when the guest stands still, in ms of the epoch
   */
  copy(instanceId: string, options: CopyOptions): Promise<number>
  /**
   * Source: hands over what is left. `completed`: the destination has all of the guest, which will not run here any
   * more. `gone`: the machine has ended meanwhile, and only the destination knows what it has.
   * @throws NephosError driver_failed: the guest is still here
   */
  switchOver(instanceId: string, migrationId: string): Promise<'completed' | 'gone'>
  /**
   * Source: takes back a migration; the guest goes on here when `resume` says so.
   * @throws NephosError conflict when the guest has left
   */
  cancel(instanceId: string, migrationId: string, options: CancelOptions): Promise<void>
  /** Destination: whether the whole guest has arrived. */
  arrived(instanceId: string): Promise<boolean>
  /** Destination: lets the guest go on (or stand, when it was paused) and tells the network where it is now. */
  finish(instanceId: string, options: { resume: boolean }): Promise<MachineStatus>
}
