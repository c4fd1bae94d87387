import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { ImageRow } from './row.ts'

/** Images: lists and details patched by `image` events, the bytes of running uploads included. */
export const imageNoun = defineNoun<ImageRow>({
  noun: 'image',
  list: ['image', 'images', 'list'],
  show: ['image', 'images', 'show'],
  refetches: [['compute', 'backups', 'show']],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof ImageRow] as string | Date | null,
  matches: (row, input) =>
    (!input.status || input.status === row.status) &&
    (!input.visibility || input.visibility === row.visibility) &&
    (textMatches(input.search, row.name) || input.search === row.id),
  listedElsewhere: (row) => row.visibility === 'public' && row.status === 'active',
  // The bytes of a running upload are announced more often than they are stored.
  isNewer: (next, known) =>
    next.status === 'saving' && known.status === 'saving'
      ? (next.uploadedBytes ?? 0) >= (known.uploadedBytes ?? 0)
      : isNewerByVersion(next, known),
})
