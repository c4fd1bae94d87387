import type { HostQuery } from '@nephos/core'
import type { HostState } from '../host-state.ts'
import { hostStat } from '../host-stats.ts'
import type { Filter } from './filter.ts'

type Value = string | number | null

const comparisons: Record<string, (first: Value, others: Value[]) => boolean> = {
  '=': (first, others) => others.every((other) => equal(first, other)),
  '<': (first, others) => ordered(first, others, (a, b) => a < b),
  '>': (first, others) => ordered(first, others, (a, b) => a > b),
  '<=': (first, others) => ordered(first, others, (a, b) => a <= b),
  '>=': (first, others) => ordered(first, others, (a, b) => a >= b),
  in: (first, others) => others.some((other) => equal(first, other)),
}

const equal = (a: Value, b: Value) => a !== null && b !== null && String(a) === String(b)

const ordered = (first: Value, others: Value[], holds: (a: number, b: number) => boolean) =>
  first !== null && others.every((other) => other !== null && holds(Number(first), Number(other)))

/** Whether the host is what the query describes. What it does not know makes a comparison false. */
export function matchesQuery(query: HostQuery, host: HostState): boolean {
  switch (query.op) {
    case 'and':
      return query.parts.every((part) => matchesQuery(part, host))
    case 'or':
      return query.parts.some((part) => matchesQuery(part, host))
    case 'not':
      return !query.parts.some((part) => matchesQuery(part, host))
    default: {
      const [first, ...others] = query.values.map((value) =>
        typeof value === 'string' && value.startsWith('$') ? hostStat(host, value.slice(1)) : value,
      )
      return comparisons[query.op]!(first ?? null, others)
    }
  }
}

/** The host is what the hint `query` describes. */
export const jsonFilter: Filter = {
  name: 'json',
  noun: 'hosts that the query describes',
  prepare: ({ query }) =>
    query === null
      ? null
      : {
          need: 'the query',
          passes: (host) => matchesQuery(query, host),
          have: (host) => (matchesQuery(query, host) ? 'the query' : 'something else'),
          reason: () => 'the query of its hints does not describe it',
        },
}
