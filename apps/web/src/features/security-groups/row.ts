import { defineNoun } from '#features/live/nouns.ts'
import { reachabilityChecked } from '#features/live/pictures.ts'
import { textMatches } from '#features/live/rows.ts'
import { hasTags } from '#features/tags/tagged.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One security group as lists hold it. */
export type SecurityGroupRow = RouterOutputs['network']['securityGroups']['list']['items'][number]
/** One security group with its rules and members. */
export type SecurityGroupDetail = RouterOutputs['network']['securityGroups']['show']
/** One rule. */
export type SecurityGroupRule = SecurityGroupDetail['rules'][number]

/** Security groups: patched by `security_group` events, which tell of every change of rules, too. */
export const securityGroupNoun = defineNoun<SecurityGroupRow>({
  noun: 'security_group',
  list: ['network', 'securityGroups', 'list'],
  show: ['network', 'securityGroups', 'show'],
  refetchesShown: true,
  // How many rules name an address group is said by that.
  refetches: [
    ['network', 'addressGroups', 'list'],
    ['network', 'addressGroups', 'show'],
    reachabilityChecked,
  ],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof SecurityGroupRow] as string | Date,
  matches: (row, input) =>
    hasTags(row.tags, input.tags) &&
    (textMatches(input.search, row.name) ||
      textMatches(input.search, row.description) ||
      input.search === row.id),
  // Members come and go without a new version: of the same one, the answer that counted later stays.
  isNewer: (next, known) => next.generation > known.generation,
})
