import type { SchedulerWeigher } from '@nephos/config'
import type { HostState } from '../host-state.ts'
import type { PlacementRequest } from '../request.ts'

/**
 * Gives every host that passed a value. Values are normalised to 0…1 over these hosts, times the multiplier; one below
 * zero prefers the host with less.
 */
export interface Weigher {
  name: SchedulerWeigher
  /** The key by which the metadata of an aggregate overrides the multiplier, as in Nova. */
  override: string
  /** @returns null when the request gives it nothing to compare */
  prepare: (request: PlacementRequest) => ((host: HostState) => number) | null
}
