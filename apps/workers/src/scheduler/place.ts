import type { FilterAnswer, FilterContext } from './filters/filter.ts'
import { filters } from './filters/index.ts'
import type { HostState } from './host-state.ts'
import type { PlacementRequest } from './request.ts'
import { weighers } from './weighers/index.ts'

/** What all filters and weighers said of one host. */
export interface HostVerdict {
  host: string
  verdicts: ({ filter: string } & FilterAnswer)[]
  /** Only of hosts that passed. */
  weights: { weigher: string; value: number }[]
  total: number | null
}

/** Where an instance goes, and why. */
export interface Placement {
  /** null when no host passed every filter. */
  chosen: HostState | null
  table: HostVerdict[]
}

/** Filters and weighs every host. Of equals, the one with fewer instances wins, then the first by name. */
export function place(request: PlacementRequest, hosts: HostState[], context: FilterContext): Placement {
  const judged = hosts.map((host) => ({
    host,
    verdicts: filters.map((filter) => ({ filter: filter.name, ...filter.check(host, request, context) })),
  }))
  const passed = judged.filter(({ verdicts }) => verdicts.every((verdict) => verdict.pass))
  const weights = weigh(passed.map(({ host }) => host))
  const table = judged.map(({ host, verdicts }): HostVerdict => {
    const own = weights.get(host.id)
    return {
      host: host.name,
      verdicts,
      weights: own ?? [],
      total: own ? own.reduce((sum, { value }) => sum + value, 0) : null,
    }
  })
  const totals = new Map(table.map((row) => [row.host, row.total ?? 0]))
  const [best] = passed
    .map(({ host }) => host)
    .sort(
      (a, b) =>
        totals.get(b.name)! - totals.get(a.name)! ||
        a.instanceCount - b.instanceCount ||
        a.name.localeCompare(b.name),
    )
  return { chosen: best ?? null, table }
}

function weigh(hosts: HostState[]): Map<string, { weigher: string; value: number }[]> {
  const weights = new Map<string, { weigher: string; value: number }[]>(hosts.map(({ id }) => [id, []]))
  for (const { name, multiplier, value } of weighers) {
    const values = hosts.map(value)
    const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    hosts.forEach((host, index) => {
      const normal = high > low ? (values[index]! - low) / (high - low) : 0
      weights.get(host.id)!.push({ weigher: name, value: Math.round(normal * multiplier * 1000) / 1000 })
    })
  }
  return weights
}
