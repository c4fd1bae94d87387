import { instanceStatus } from '@nephos/core/states'
import { defineNoun } from '#features/live/nouns.ts'
import { reachabilityChecked, topologyShown } from '#features/live/pictures.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { InstanceRow } from './row.ts'

const addressesOf = (row: InstanceRow): string[] => row.addresses.flatMap(({ ip }) => (ip ? [ip] : []))

/** Instances: lists and details patched by `instance` events. */
export const instanceNoun = defineNoun<InstanceRow>({
  noun: 'instance',
  list: ['compute', 'instances', 'list'],
  show: ['compute', 'instances', 'show'],
  adminOnly: ['hostName'],
  refetches: [
    ['compute', 'instances', 'volumes'],
    ['compute', 'backups', 'show'],
    ['compute', 'migrations', 'current'],
    ['compute', 'drains', 'preview'],
    ['compute', 'serverGroups', 'list'],
    ['compute', 'serverGroups', 'show'],
    topologyShown,
    reachabilityChecked,
  ],
  // Placement, ports and the whole fault are not in the row.
  refetchesShown: true,
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof InstanceRow] as string | Date | null,
  matches: (row, input) => {
    if (row.vmState === 'deleted') return false
    if (input.status && !sameStatus(row, String(input.status))) return false
    if (input.imageId && row.imageId !== input.imageId) return false
    if (input.flavorId && row.flavorId !== input.flavorId) return false
    // Neither the host nor the tags are in the row.
    if (input.hostId || input.tags) return 'unknown'
    return textMatches(input.search, row.name, row.id, ...addressesOf(row))
  },
  isNewer: isNewerByVersion,
})

const sameStatus = (row: InstanceRow, status: string): boolean =>
  instanceStatus(row.vmState, row.taskState).toLowerCase() === status.toLowerCase()
