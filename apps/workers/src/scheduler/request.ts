import type { Amounts } from '@nephos/core'

/** What an instance asks of a host: vCPUs, RAM in MiB, disk in GiB, a zone if it must be that one, and where it may not go. */
export interface PlacementRequest extends Amounts {
  zone: string | null
  /** Names of hosts that are out of the question: tried before, or the one that it has to leave. */
  excludedHosts: readonly string[]
}
