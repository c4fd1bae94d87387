import { defineNoun } from '#features/live/nouns.ts'
import { reachabilityChecked, topologyShown } from '#features/live/pictures.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import { hasTags } from '#features/tags/tagged.ts'
import type { RouterRow } from './row.ts'

/** Routers with their interfaces: patched by `router` events. */
export const routerNoun = defineNoun<RouterRow>({
  noun: 'router',
  list: ['network', 'routers', 'list'],
  show: ['network', 'routers', 'show'],
  adminOnly: ['hostName'],
  refetches: [topologyShown, reachabilityChecked],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof RouterRow] as string | Date | null,
  matches: (row, input) => {
    if (input.status && input.status !== row.status) return false
    if (!hasTags(row.tags, input.tags)) return false
    if (input.externalNetworkId && input.externalNetworkId !== row.gateway?.networkId) return false
    if (input.networkId && !row.interfaces.some(({ networkId }) => networkId === input.networkId))
      return false
    return textMatches(input.search, row.name) || input.search === row.id
  },
  isNewer: isNewerByVersion,
})
