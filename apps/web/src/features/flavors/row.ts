import { defineNoun } from '#features/live/nouns.ts'
import { textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One flavor as lists hold it. */
export type FlavorRow = RouterOutputs['compute']['flavors']['list']['items'][number]

/** Flavors: patched by `flavor` events; they carry no version, so what came last counts. */
export const flavorNoun = defineNoun<FlavorRow>({
  noun: 'flavor',
  list: ['compute', 'flavors', 'list'],
  show: ['compute', 'flavors', 'show'],
  refetches: [['compute', 'flavors', 'listAccess']],
  defaultSort: { by: 'ramMib', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof FlavorRow] as string | number,
  matches: (row, input) => textMatches(input.search, row.name) || input.search === row.id,
  isNewer: () => true,
})
