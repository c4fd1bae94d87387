import { defineNoun } from '#features/live/nouns.ts'
import { reachabilityChecked, topologyShown } from '#features/live/pictures.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import { hasTags } from '#features/tags/tagged.ts'
import type { NetworkRow, PortRow } from './row.ts'

const lists = ['network', 'networks', 'list'] as const
const shown = ['network', 'networks', 'show'] as const

/** Networks with their subnets: patched by `network` events. */
export const networkNoun = defineNoun<NetworkRow>({
  noun: 'network',
  list: lists,
  show: shown,
  adminOnly: ['segmentId', 'physicalNetwork', 'vlanId', 'sharedWith'],
  // Which of them have a policy is said by it.
  refetches: [['network', 'qosPolicies', 'show'], topologyShown, reachabilityChecked],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof NetworkRow] as string | Date | null,
  matches: (row, input) =>
    (input.shared === undefined || input.shared === row.shared) &&
    (input.external === undefined || input.external === row.external) &&
    hasTags(row.tags, input.tags) &&
    (textMatches(input.search, row.name) || input.search === row.id),
  listedElsewhere: (row, { projectId }) =>
    row.forEveryone || Boolean(row.sharedWith?.some((one) => one.projectId === projectId)),
  // Ports come and go without a new version: of the same one, the answer that counted later stays.
  isNewer: (next, known) => next.updatedAt.getTime() > known.updatedAt.getTime(),
})

/** Ports: patched by `port` events. How many addresses a network has left is asked again with each. */
export const portNoun = defineNoun<PortRow>({
  noun: 'port',
  list: ['network', 'ports', 'list'],
  show: ['network', 'ports', 'show'],
  // What a floating IP leads to is said by its row, with the instance and its name.
  refetches: [
    lists,
    shown,
    ['network', 'floatingIps', 'list'],
    ['network', 'securityGroups', 'list'],
    ['network', 'securityGroups', 'show'],
    ['network', 'qosPolicies', 'show'],
    // Its interfaces say in which groups they are.
    ['compute', 'instances', 'show'],
    topologyShown,
    reachabilityChecked,
  ],
  adminOnly: ['hostName'],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof PortRow] as string | Date | null,
  matches: (row, input) => {
    if (input.networkId && input.networkId !== row.networkId) return false
    if (input.instanceId && input.instanceId !== row.instanceId) return false
    if (input.status && input.status !== row.status) return false
    if (!hasTags(row.tags, input.tags)) return false
    // Gateways and floating IPs have ports that only administrators list.
    if (['network:router_gateway', 'network:floatingip'].includes(row.deviceOwner)) return 'unknown'
    return input.search ? 'unknown' : true
  },
  isNewer: isNewerByVersion,
})
