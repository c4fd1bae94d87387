import { defineNoun } from '#features/live/nouns.ts'

/** Quotas have no list to patch: an announced change asks for the numbers again. */
export const quotaNoun = defineNoun<{ id: string }>({
  noun: 'quota',
  list: ['identity', 'quotas', 'list'],
  refetches: [['identity', 'quotas', 'show']],
  defaultSort: { by: 'id', dir: 'asc' },
  sortValue: (row) => row.id,
  matches: () => true,
  isNewer: () => true,
})
