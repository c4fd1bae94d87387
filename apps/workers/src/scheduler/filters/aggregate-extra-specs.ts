import { aggregateValues } from '../host-state.ts'
import type { Filter } from './filter.ts'
import { specMatcher } from './spec-match.ts'

const scope = 'aggregate_instance_extra_specs:'

/**
 * The host is in aggregates whose metadata match the flavor: its `aggregate_instance_extra_specs:…`, and those of its
 * names without a namespace that some aggregate has.
 */
export const aggregateExtraSpecsFilter: Filter = {
  name: 'aggregate-extra-specs',
  noun: 'hosts in an aggregate for the flavor',
  prepare: ({ extraSpecs }, { aggregateKeys }) => {
    const wanted = Object.entries(extraSpecs).flatMap(([key, spec]) => {
      const name = key.startsWith(scope) ? key.slice(scope.length) : key
      if (name === key && (key.includes(':') || !aggregateKeys.has(key))) return []
      return [{ name, spec, matches: specMatcher(spec) }]
    })
    if (wanted.length === 0) return null
    return {
      need: wanted.map(({ name, spec }) => `${name} ${spec}`).join(', '),
      passes: (host) =>
        host.aggregates.length > 0 &&
        wanted.every(({ name, matches }) => aggregateValues(host, name).some(matches)),
      have: (host) =>
        wanted.map(({ name }) => `${name} ${aggregateValues(host, name).join(' or ') || 'unset'}`).join(', '),
      reason: (host) =>
        `no aggregate with ${wanted
          .filter(({ name, matches }) => !aggregateValues(host, name).some(matches))
          .map(({ name, spec }) => `${name} ${spec}`)
          .join(', ')}`,
    }
  },
}
