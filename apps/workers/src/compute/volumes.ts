import type { MachineOptions, VolumeConnection, VolumeLimits } from '@nephos/core'

/** A volume as a machine has it. Holds the secrets of its connection: never stored, never logged. */
export interface MachineVolume {
  volumeId: string
  /**
   * Place among the disks of the machine, which decides the slot of the device: the same on every host, also after
   * others came and went. 0 is the root disk.
   */
  slot: number
  /** Place in the order of booting; 0 comes first; null: it is not booted from. */
  bootIndex: number | null
  connection: VolumeConnection
}

/** Volumes of machines that run. Every method is idempotent; of a machine that is off none does anything. */
export interface MachineVolumes {
  /**
   * Gives a running machine one more disk; one that is off gets it at its next start.
   * @throws NephosError driver_failed when the volume cannot be reached, or the machine has no place for it
   */
  plug(instanceId: string, volume: MachineVolume, options: MachineOptions): Promise<void>
  /**
   * Takes a disk from a machine. A running guest has to let go of it.
   * @throws NephosError driver_failed when it does not in time, or cannot because it is paused
   */
  unplug(instanceId: string, volumeId: string): Promise<void>
  /**
   * Shows the guest that a volume has grown; where its route is a file, makes that larger first.
   * @throws NephosError driver_failed, also when the route cannot tell its new size
   */
  grow(instanceId: string, volumeId: string, sizeBytes: number): Promise<void>
  /** Limits the speed of a volume from now on. */
  limit(instanceId: string, volumeId: string, limits: VolumeLimits): Promise<void>
  /** Which of these a running machine has; null when it does not run. */
  plugged(instanceId: string, volumeIds: readonly string[]): Promise<string[] | null>
}
