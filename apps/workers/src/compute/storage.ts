import { z } from 'zod'

/** A file that one host has left where its disks are, for another to look whether it sees it. */
export const diskProbe = z.object({
  name: z.string().regex(/^probe-[a-z0-9-]{1,80}$/),
  text: z.string().min(1).max(100),
})
export type DiskProbe = z.infer<typeof diskProbe>

/**
 * Where the disks of a host's machines are, as far as other hosts may have it, too (`instances_directory`). Disks there
 * are removed by the last host that has a part in them. Every method is idempotent.
 */
export interface MachineStorage {
  /**
   * Leaves a file beside the disks of a machine. Null where no other host can see them: they are in this host's own
   * directory.
   */
  offer(instanceId: string): Promise<DiskProbe | null>
  /** Removes that file. */
  withdraw(probe: DiskProbe): Promise<void>
  /**
   * Whether this host sees the file that another has left, and the machine's disks beside it.
   * @throws NephosError driver_failed when it sees them and its guests may not use them
   */
  sees(instanceId: string, probe: DiskProbe): Promise<boolean>
  /** Takes a part in disks that other hosts have left here. @returns whether there are any */
  adopt(instanceId: string): Promise<boolean>
  /** Ends the part of a host that is lost. The disks stay as long as this host has a part in them. */
  dismiss(instanceId: string, hostName: string): Promise<void>
}
