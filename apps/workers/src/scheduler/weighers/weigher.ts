import type { HostState } from '../host-state.ts'

/** Gives every host that passed a value; values are normalised to 0…1 over these hosts, times `multiplier`. */
export interface Weigher {
  name: string
  multiplier: number
  value: (host: HostState) => number
}
