import type { HostState } from '../host-state.ts'
import type { PlacementRequest } from '../request.ts'

/** What a filter says of one host: what it has, what was needed, and why it does not do. */
export interface FilterAnswer {
  pass: boolean
  have: number | string
  need: number | string
  /** A phrase for people; empty when it passes. */
  reason: string
}

/** Circumstances that are the same for every host. */
export interface FilterContext {
  now: number
  /** Seconds without a heartbeat until a host counts as down. */
  serviceDownTime: number
}

/** One yes-or-no question to a host. */
export interface Filter {
  name: string
  /** Names what is short, for the sentence of why no host was found: "RAM". */
  noun: string
  check: (host: HostState, request: PlacementRequest, context: FilterContext) => FilterAnswer
}

/** A filter for an amount: free must be at least what is asked. */
export const amountFilter = (
  name: string,
  noun: string,
  unit: string,
  free: (host: HostState) => number,
  wanted: (request: PlacementRequest) => number,
): Filter => ({
  name,
  noun,
  check: (host, request) => {
    const have = free(host)
    const need = wanted(request)
    const pass = have >= need
    return {
      pass,
      have,
      need,
      reason: pass ? '' : `${Math.max(0, have)} ${unit} free, ${need} ${unit} needed`,
    }
  },
})
