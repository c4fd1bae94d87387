import { defineNoun } from '#features/live/nouns.ts'
import { reachabilityChecked, topologyShown } from '#features/live/pictures.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import { hasTags } from '#features/tags/tagged.ts'
import type { FloatingIpRow } from './row.ts'

/** Floating IPs with where they lead: patched by `floating_ip` events. */
export const floatingIpNoun = defineNoun<FloatingIpRow>({
  noun: 'floating_ip',
  list: ['network', 'floatingIps', 'list'],
  show: ['network', 'floatingIps', 'show'],
  refetches: [topologyShown, reachabilityChecked],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof FloatingIpRow] as string | Date | null,
  matches: (row, input) => {
    if (input.status && input.status !== row.status) return false
    if (!hasTags(row.tags, input.tags)) return false
    if (input.networkId && input.networkId !== row.networkId) return false
    if (input.portId && input.portId !== row.portId) return false
    if (input.portNetworkId && input.portNetworkId !== row.port?.networkId) return false
    if (input.instanceId && input.instanceId !== row.instanceId) return false
    if (input.routerId && input.routerId !== row.routerId) return false
    if (input.address && input.address !== row.address) return false
    return (
      textMatches(input.search, row.address, row.fixedIpAddress, row.description) || input.search === row.id
    )
  },
  isNewer: isNewerByVersion,
})
