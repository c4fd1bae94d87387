import { hostStat } from '../host-stats.ts'
import type { Filter } from './filter.ts'
import { specMatcher } from './spec-match.ts'

const scope = 'capabilities:'

/** The host has what the flavor's `capabilities:…` extra specs ask for. A capability that it does not know it lacks. */
export const capabilitiesFilter: Filter = {
  name: 'capabilities',
  noun: 'hosts with the capabilities of the flavor',
  prepare: ({ extraSpecs }) => {
    const wanted = Object.entries(extraSpecs)
      .filter(([key]) => key.startsWith(scope))
      .map(([key, spec]) => ({ name: key.slice(scope.length), spec, matches: specMatcher(spec) }))
    if (wanted.length === 0) return null
    const text = (host: Parameters<typeof hostStat>[0], name: string) => {
      const value = hostStat(host, name)
      return value === null ? null : String(value)
    }
    return {
      need: wanted.map(({ name, spec }) => `${name} ${spec}`).join(', '),
      passes: (host) =>
        wanted.every(({ name, matches }) => {
          const have = text(host, name)
          return have !== null && matches(have)
        }),
      have: (host) => wanted.map(({ name }) => `${name} ${text(host, name) ?? 'unknown'}`).join(', '),
      reason: (host) =>
        wanted
          .filter(({ name, matches }) => !matches(text(host, name) ?? ''))
          .map(({ name, spec }) => `${name} is ${text(host, name) ?? 'unknown'}, ${spec} needed`)
          .join(', '),
    }
  },
}
