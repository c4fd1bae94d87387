import { defineNoun } from '#features/live/nouns.ts'
import { textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One aggregate as lists hold it. */
export type AggregateRow = RouterOutputs['compute']['aggregates']['list']['items'][number]
/** One availability zone. */
export type ZoneRow = RouterOutputs['compute']['zones']['list'][number]

/** Aggregates: patched by `aggregate` events; with their hosts the zones change. */
export const aggregateNoun = defineNoun<AggregateRow>({
  noun: 'aggregate',
  list: ['compute', 'aggregates', 'list'],
  show: ['compute', 'aggregates', 'show'],
  refetches: [['compute', 'zones', 'list']],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row) => row.name,
  matches: (row, input) => textMatches(input.search, row.name),
  isNewer: (next, known) => next.updatedAt >= known.updatedAt,
})

/** The first few names, and how many more there are: "a, b, c and 4 more". */
export function someNames(names: readonly string[], most = 3): string {
  const rest = names.length - most
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ')
}
