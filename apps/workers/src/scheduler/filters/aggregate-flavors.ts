import { aggregateValues } from '../host-state.ts'
import type { Filter } from './filter.ts'

const key = 'instance_type'

/** Where an aggregate is kept for some flavors (`instance_type`, names), this is one of them. */
export const aggregateFlavorsFilter: Filter = {
  name: 'aggregate-flavors',
  noun: 'hosts that are open to the flavor',
  prepare: ({ flavorName }, { aggregateKeys }) => {
    if (!aggregateKeys.has(key)) return null
    return {
      need: flavorName,
      passes: (host) => {
        const names = aggregateValues(host, key)
        return names.length === 0 || names.includes(flavorName)
      },
      have: (host) => aggregateValues(host, key).join(' or ') || 'any flavor',
      reason: (host) => `kept for the flavor ${aggregateValues(host, key).join(' or ')}`,
    }
  },
}
