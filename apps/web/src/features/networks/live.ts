import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { NetworkRow, PortRow } from './row.ts'

const lists = ['network', 'networks', 'list'] as const
const shown = ['network', 'networks', 'show'] as const

/** Networks with their subnets: patched by `network` events. */
export const networkNoun = defineNoun<NetworkRow>({
  noun: 'network',
  list: lists,
  show: shown,
  adminOnly: ['segmentId'],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof NetworkRow] as string | Date | null,
  matches: (row, input) =>
    (input.shared === undefined || input.shared === row.shared) &&
    (textMatches(input.search, row.name) || input.search === row.id),
  listedElsewhere: (row) => row.shared,
  // Ports come and go without a new version: of the same one, the answer that counted later stays.
  isNewer: (next, known) => next.updatedAt.getTime() > known.updatedAt.getTime(),
})

/** Ports: patched by `port` events. How many addresses a network has left is asked again with each. */
export const portNoun = defineNoun<PortRow>({
  noun: 'port',
  list: ['network', 'ports', 'list'],
  show: ['network', 'ports', 'show'],
  refetches: [lists, shown],
  adminOnly: ['hostName'],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof PortRow] as string | Date | null,
  matches: (row, input) => {
    if (input.networkId && input.networkId !== row.networkId) return false
    if (input.instanceId && input.instanceId !== row.instanceId) return false
    if (input.status && input.status !== row.status) return false
    return input.search ? 'unknown' : true
  },
  isNewer: isNewerByVersion,
})
