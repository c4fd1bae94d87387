import { defineNoun } from '#features/live/nouns.ts'
import type { KeyPairRow } from './row.ts'

/** Key pairs belong to a user, which their events do not name, and administrators hear of everybody's. */
export const keyPairNoun = defineNoun<KeyPairRow>({
  noun: 'key-pair',
  list: ['compute', 'keyPairs', 'list'],
  show: ['compute', 'keyPairs', 'show'],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof KeyPairRow] as string | Date | null,
  matches: () => 'unknown',
  isNewer: () => true,
})
