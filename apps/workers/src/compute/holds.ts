import type { GuestFacts } from '@nephos/jobs'

export type { GuestFacts }

import type { MachineSpec, MachineStatus } from './driver.ts'

/** What a hypervisor does to a machine that goes on later. Every method is idempotent. */
export interface MachineHolds {
  /** Stops the guest's clock; everything stays in memory. @throws NephosError conflict when it does not run */
  pause(instanceId: string): Promise<MachineStatus>
  /** Lets a paused guest go on. @throws NephosError conflict when it does not run */
  unpause(instanceId: string): Promise<MachineStatus>
  /**
   * Saves the guest's memory to the host's disk and ends the machine: its memory is free then. A guest whose memory
   * cannot be saved goes on.
   * @throws NephosError conflict when it does not run; driver_failed
   */
  suspend(instanceId: string, signal?: AbortSignal): Promise<MachineStatus>
  /**
   * Starts the machine where its guest stood. What was saved is kept until the guest is back.
   * @throws NephosError conflict when nothing is saved; driver_failed
   */
  resume(spec: MachineSpec): Promise<MachineStatus>
  /** Sends a non-maskable interrupt to every CPU. @throws NephosError conflict when it does not run */
  interrupt(instanceId: string): Promise<void>
}

/** The agents inside guests. */
export interface GuestAgents {
  /** @throws NephosError unavailable when the agent does not answer */
  facts(instanceId: string): Promise<GuestFacts>
  /** @throws NephosError unavailable when the agent does not answer, driver_failed with its words when it refuses */
  setPassword(instanceId: string, userName: string, password: string): Promise<void>
}

/** The temporary disk of a rescued machine. */
export interface RescueDisks {
  /** Makes the disk that `spec.rescue` names, over the cached image. One that is there is made anew. */
  create(spec: MachineSpec): Promise<void>
  remove(instanceId: string): Promise<void>
}
