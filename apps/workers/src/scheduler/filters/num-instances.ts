import { aggregateValues, type HostState } from '../host-state.ts'
import type { Filter } from './filter.ts'

/** The host has fewer instances than it may have (`max_instances_per_host` of its aggregates, or the setting). */
export const numInstancesFilter: Filter = {
  name: 'num-instances',
  noun: 'hosts with few enough instances',
  prepare: (_request, { maxInstancesPerHost }) => {
    const most = (host: HostState) => lowest(host, 'max_instances_per_host') ?? maxInstancesPerHost
    return {
      need: `fewer than ${maxInstancesPerHost}`,
      passes: (host) => host.instanceCount < most(host),
      have: (host) => host.instanceCount,
      reason: (host) => `has ${host.instanceCount} instances, ${most(host)} allowed`,
    }
  },
}

/** The lowest number that the aggregates of the host name; null when none does. */
export function lowest(host: HostState, key: string): number | null {
  if (host.aggregates.length === 0) return null
  const numbers = aggregateValues(host, key).map(Number).filter(Number.isFinite)
  return numbers.length === 0 ? null : Math.min(...numbers)
}
