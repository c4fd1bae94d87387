import { defineNoun } from '#features/live/nouns.ts'
import { textMatches } from '#features/live/rows.ts'
import type { RouterOutputs } from '#trpc/client.ts'

/** One type of volumes as lists, details and events hold it. */
export type VolumeTypeRow = RouterOutputs['volume']['types']['list']['items'][number]

/** Types: lists and details patched by `volume_type` events. */
export const volumeTypeNoun = defineNoun<VolumeTypeRow>({
  noun: 'volume_type',
  list: ['volume', 'types', 'list'],
  show: ['volume', 'types', 'show'],
  refetches: [
    ['volume', 'types', 'listAccess'],
    ['volume', 'types', 'showDefault'],
    ['volume', 'qosSpecs', 'list'],
  ],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row, by) => row[by as keyof VolumeTypeRow] as string | Date,
  matches: (row, input) =>
    (input.isPublic === undefined || input.isPublic === row.isPublic) &&
    (input.qosSpecId === undefined || input.qosSpecId === row.qosSpecId) &&
    (textMatches(input.search, row.name) || input.search === row.id),
  isNewer: (next, known) => next.updatedAt >= known.updatedAt,
})

const yes = '<is> True'

/** Extra specs that the cloud acts on: what each does, and the values it takes where they are few. */
export const typeSpecs: Readonly<Record<string, { what: string; values?: readonly string[] }>> = {
  volume_backend_name: {
    what: 'Which back ends keep its volumes: a kind such as iscsi, the name of one, or host@name.',
  },
  multiattach: { what: 'Several instances may have a volume at once.', values: [yes] },
  across_hosts: { what: 'Only back ends that instances of other hosts reach.', values: [yes] },
  online_extend: { what: 'Only back ends whose volumes grow while they are in use.', values: [yes] },
  live_snapshot: { what: 'Only back ends that take snapshots of volumes in use.', values: [yes] },
  'RESKEY:availability_zones': { what: 'Only in these zones, separated by commas.' },
}

/** What an extra spec of a type means. */
export const specMeaning = (key: string): string =>
  typeSpecs[key]?.what ?? 'Kept for whoever reads it; the cloud does not act on it.'
