import type { NephosConfig } from '@nephos/config'
import type { PlacementReport } from '@nephos/core'
import type { FilterContext } from './filters/filter.ts'
import { filtersOf } from './filters/index.ts'
import type { HostState } from './host-state.ts'
import { Judgement } from './judge.ts'
import type { PlacementRequest } from './request.ts'
import { type Multipliers, multipliersOf, weigh } from './weigh.ts'

/** How this cloud places, from its configuration. Made once. */
export interface PlacementPolicy {
  filters: ReturnType<typeof filtersOf>
  multipliers: Multipliers
  subsetSize: number
}

/** The policy that the configuration describes. */
export const placementPolicy = (config: NephosConfig): PlacementPolicy => ({
  filters: filtersOf(config.schedulerFilters),
  multipliers: multipliersOf(config),
  subsetSize: config.schedulerHostSubsetSize,
})

/** Where an instance goes, and why. */
export interface Placement {
  /** null when no host passed every filter. */
  chosen: HostState | null
  report: PlacementReport
}

/**
 * Filters and weighs every host. Of equals, the one with fewer instances wins, then the first by name. A pure function,
 * but for the random choice among the best where the policy asks for one.
 */
export function place(
  request: PlacementRequest,
  hosts: readonly HostState[],
  context: FilterContext,
  policy: PlacementPolicy,
): Placement {
  const judgement = new Judgement(request, hosts, context, policy.filters)
  const weights = weigh(request, judgement.passed, policy.multipliers)
  const chosen = choose(judgement.passed, weights.totals, policy.subsetSize)
  return { chosen: chosen < 0 ? null : judgement.passed[chosen]!, report: judgement.report(weights, chosen) }
}

/** @returns index of the host to take, -1 for none */
function choose(hosts: readonly HostState[], totals: Float64Array, subsetSize: number): number {
  const better = (a: number, b: number) => {
    if (totals[a]! !== totals[b]!) return totals[a]! - totals[b]!
    const one = hosts[a]!
    const other = hosts[b]!
    return other.instanceCount - one.instanceCount || (one.name < other.name ? 1 : -1)
  }
  if (subsetSize > 1) {
    const best = [...hosts.keys()].sort((a, b) => better(b, a)).slice(0, subsetSize)
    return best[Math.floor(Math.random() * best.length)] ?? -1
  }
  let best = hosts.length > 0 ? 0 : -1
  for (let index = 1; index < hosts.length; index++) if (better(index, best) > 0) best = index
  return best
}
