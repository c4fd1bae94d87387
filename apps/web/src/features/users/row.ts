import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One user as lists and details hold it. */
export type UserRow = RouterOutputs['identity']['users']['list']['items'][number]

/** Users: patched by `user` events. */
export const userNoun = defineNoun<UserRow>({
  noun: 'user',
  list: ['identity', 'users', 'list'],
  show: ['identity', 'users', 'show'],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof UserRow] as string | Date,
  matches: (row, input) =>
    (input.enabled === undefined || input.enabled === row.enabled) &&
    (!input.domainId || input.domainId === row.domainId) &&
    (textMatches(input.search, row.name, row.email) || input.search === row.id),
  isNewer: isNewerByVersion,
})
