import { defineNoun } from '#features/live/nouns.ts'
import { textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One server group as lists hold it. */
export type ServerGroupRow = RouterOutputs['compute']['serverGroups']['list']['items'][number]
/** One server group with its members. */
export type ServerGroupDetail = RouterOutputs['compute']['serverGroups']['show']

/** Server groups come and go by `server-group` events; who is in them is asked for again when instances change. */
export const serverGroupNoun = defineNoun<ServerGroupRow>({
  noun: 'server-group',
  list: ['compute', 'serverGroups', 'list'],
  show: ['compute', 'serverGroups', 'show'],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof ServerGroupRow],
  matches: (row, input) => textMatches(input.search, row.name),
  isNewer: () => true,
})

/** The policies as people call them, and what they do. */
export const policies = [
  { value: 'anti-affinity', title: 'Apart', facts: 'Members run on different hosts, or not at all.' },
  {
    value: 'soft-anti-affinity',
    title: 'Apart if possible',
    facts: 'Members run on different hosts as far as there are any.',
  },
  { value: 'affinity', title: 'Together', facts: 'All members run on one host, or not at all.' },
  {
    value: 'soft-affinity',
    title: 'Together if possible',
    facts: 'Members run on one host as far as they fit.',
  },
] as const satisfies readonly { value: ServerGroupRow['policy']; title: string; facts: string }[]

/** What the members want, in words: "Apart, at most 2 on a host". */
export function policyWords({ policy, maxPerHost }: Pick<ServerGroupRow, 'policy' | 'maxPerHost'>): string {
  const title = policies.find(({ value }) => value === policy)?.title ?? policy
  return policy === 'anti-affinity' && maxPerHost > 1 ? `${title}, at most ${maxPerHost} on a host` : title
}
