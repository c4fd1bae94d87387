import type { HostState } from '../host-state.ts'
import type { Filter } from './filter.ts'

const key = /^filter_tenant_id\d*$/

const tenantsOf = (host: HostState): string[] | null => {
  const lists = host.aggregates.flatMap(({ metadata }) =>
    Object.entries(metadata).flatMap(([name, value]) => (key.test(name) ? [value] : [])),
  )
  return lists.length === 0 ? null : lists.flatMap((list) => list.split(',').map((id) => id.trim()))
}

/** The host's aggregates, where they are kept for some projects (`filter_tenant_id`), are for this one too. */
export const aggregateTenantsFilter: Filter = {
  name: 'aggregate-tenants',
  noun: 'hosts that this project may use',
  prepare: ({ projectId }, { aggregateKeys }) => {
    if (![...aggregateKeys].some((name) => key.test(name))) return null
    return {
      need: 'open to the project',
      passes: (host) => tenantsOf(host)?.includes(projectId) ?? true,
      have: (host) => (tenantsOf(host) === null ? 'open to all' : 'kept for some projects'),
      reason: () => 'kept for other projects',
    }
  },
}
