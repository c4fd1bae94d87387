import type { Readable } from 'node:stream'
import type { MachineSpec } from './driver.ts'

/** A file of a config drive: its path below the root, and its bytes. */
export interface DriveFile {
  path: string
  body: Uint8Array
}

/** A finished copy of a root disk, to be read. */
export interface ExportedDisk {
  /** Bytes. */
  size: number
  body: Readable
}

/** How a copy is made. */
export interface ExportOptions {
  signal: AbortSignal
  onProgress: (percent: number) => void
  /**
   * Freezes the file systems of a guest that runs while the copy begins, through its agent: `require` fails where that
   * cannot be done, `try` goes on without. Left out: they are not frozen.
   */
  quiesce?: 'try' | 'require'
  /** Told why a guest that should have been frozen was not. */
  onUnfrozen?: (why: string) => void
}

/** What can be done with the disks of a machine. Every method is idempotent. */
export interface MachineDisks {
  /** Writes the config drive (label config-2) that `spec.configDrive` attaches. The machine is off. */
  writeConfigDrive(instanceId: string, files: readonly DriveFile[]): Promise<void>
  /**
   * Brings the disks of a machine that is off to the sizes of the spec: root and ephemeral disk grow, swap is made anew
   * where its size differs, what is no longer wanted goes.
   * @throws NephosError driver_failed, also when the root disk would have to shrink
   */
  resize(spec: MachineSpec): Promise<void>
  /** Ends the machine, puts its disks aside and makes new ones over the cached image of the spec. */
  replace(spec: MachineSpec): Promise<void>
  /** Ends the machine and brings back the disks that were put aside. Nothing happens when there are none. */
  restore(instanceId: string): Promise<void>
  /** Removes the disks that were put aside for good. */
  dropOld(instanceId: string): Promise<void>
  /**
   * Copies the root disk with everything below it, as it is at one moment, to one flat qcow2 file beside the machine,
   * which may go on running. The image below is only read.
   * @throws NephosError driver_failed, cancelled; unavailable where freezing is required and the agent does not answer
   */
  export(spec: MachineSpec, exportId: string, options: ExportOptions): Promise<void>
  /** @throws NephosError driver_failed when there is no such copy */
  openExport(instanceId: string, exportId: string): Promise<ExportedDisk>
  /** Removes the copy and ends the work on it. */
  dropExport(instanceId: string, exportId: string): Promise<void>
}
