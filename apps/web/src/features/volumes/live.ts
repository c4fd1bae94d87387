import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { VolumeRow } from './row.ts'

/** Volumes: lists and details patched by `volume` events. */
export const volumeNoun = defineNoun<VolumeRow>({
  noun: 'volume',
  list: ['volume', 'volumes', 'list'],
  show: ['volume', 'volumes', 'show'],
  adminOnly: ['backendName'],
  refetches: [
    ['compute', 'instances', 'volumes'],
    ['operation', 'audit', 'list'],
    ['volume', 'backends', 'list'],
    ['volume', 'backends', 'show'],
  ],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof VolumeRow] as string | number | Date,
  matches: (row, input) => {
    // Which back end it is on is not in the row that events bring.
    if (input.backendId) return 'unknown'
    if (input.attachable && !(row.status === 'available' || (row.status === 'in_use' && row.multiattach)))
      return false
    if (input.instanceId && !row.attachments.some(({ instanceId }) => instanceId === input.instanceId))
      return false
    for (const field of ['status', 'typeId', 'imageId', 'zone', 'bootable', 'name'] as const)
      if (input[field] !== undefined && input[field] !== row[field]) return false
    return textMatches(input.search, row.name) || input.search === row.id
  },
  isNewer: isNewerByVersion,
})
