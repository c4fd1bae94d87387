import type { HostState } from '../host-state.ts'
import type { PlacementRequest } from '../request.ts'

/** Circumstances that are the same for every host. */
export interface FilterContext {
  now: number
  /** Seconds without a heartbeat until a host counts as down. */
  serviceDownTime: number
  maxInstancesPerHost: number
  maxIoOpsPerHost: number
  isolatedHosts: readonly string[]
  isolatedImages: readonly string[]
  /** Every key that the metadata of some aggregate has. */
  aggregateKeys: ReadonlySet<string>
}

/** A filter made ready for one request. */
export interface HostCheck {
  /** What is asked of a host, in short. */
  need: number | string
  passes: (host: HostState) => boolean
  /** What the host has of it. Asked only of the hosts that are shown. */
  have: (host: HostState) => number | string
  /** Why a host does not do, as a phrase. */
  reason: (host: HostState) => string
}

/** One yes-or-no question to a host. */
export interface Filter {
  name: string
  /** Names what is short, for the sentence of why no host was found: "not enough RAM". */
  noun: string
  /** @returns null when the request asks nothing that this filter looks at */
  prepare: (request: PlacementRequest, context: FilterContext) => HostCheck | null
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
  prepare: (request) => {
    const need = wanted(request)
    return {
      need,
      passes: (host) => free(host) >= need,
      have: free,
      reason: (host) => `${Math.max(0, free(host))} ${unit} free, ${need} ${unit} needed`,
    }
  },
})
