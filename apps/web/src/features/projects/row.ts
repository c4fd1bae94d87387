import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One project as lists and details hold it. */
export type ProjectRow = RouterOutputs['identity']['projects']['list']['items'][number]

/** Projects: patched by `project` events; who is in one sees its name change in the switcher. */
export const projectNoun = defineNoun<ProjectRow>({
  noun: 'project',
  list: ['identity', 'projects', 'list'],
  show: ['identity', 'projects', 'show'],
  refetches: [['identity', 'sessions', 'current']],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof ProjectRow] as string | Date,
  matches: (row, input) =>
    (input.enabled === undefined || input.enabled === row.enabled) &&
    (!input.domainId || input.domainId === row.domainId) &&
    (textMatches(input.search, row.name) || input.search === row.id),
  isNewer: isNewerByVersion,
})
