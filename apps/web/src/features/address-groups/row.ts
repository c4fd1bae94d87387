import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One address group as lists hold it. */
export type AddressGroupRow = RouterOutputs['network']['addressGroups']['list']['items'][number]
/** One address group with the rules that name it. */
export type AddressGroupDetail = RouterOutputs['network']['addressGroups']['show']

/** Address groups: patched by `address_group` events. */
export const addressGroupNoun = defineNoun<AddressGroupRow>({
  noun: 'address_group',
  list: ['network', 'addressGroups', 'list'],
  show: ['network', 'addressGroups', 'show'],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof AddressGroupRow] as string | Date,
  matches: (row, input) =>
    textMatches(input.search, row.name) ||
    textMatches(input.search, row.description) ||
    input.search === row.id,
  isNewer: isNewerByVersion,
})

/** A range as people read it: one address without the length of its prefix. */
export const shortRange = (cidr: string): string => cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '')

/** The first addresses of a group, and how many more there are. */
export function someAddresses(addresses: readonly string[], most = 3): { shown: string[]; more: number } {
  const shown = addresses.slice(0, most).map(shortRange)
  return { shown, more: addresses.length - shown.length }
}
