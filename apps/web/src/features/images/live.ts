import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, type ListInput, textMatches } from '#features/live/rows.ts'
import { hasTags } from '#features/tags/tagged.ts'
import type { ImageRow } from './row.ts'

/** Whether a project that does not own an image has it in a list of this kind. */
function listedFor(row: ImageRow, projectId: string | null, input: ListInput): boolean {
  if (row.status !== 'active' && row.status !== 'deactivated') return false
  if (row.visibility === 'public') return true
  if (row.visibility === 'community') return input.visibility === 'community' || input.visibility === 'all'
  const wanted = input.memberStatus ?? 'accepted'
  return (
    row.visibility === 'shared' &&
    row.membership?.projectId === projectId &&
    (wanted === 'all' || wanted === row.membership?.status)
  )
}

/** Images: lists and details patched by `image` events, the bytes of running uploads included. */
export const imageNoun = defineNoun<ImageRow>({
  noun: 'image',
  list: ['image', 'images', 'list'],
  show: ['image', 'images', 'show'],
  refetches: [
    ['compute', 'backups', 'show'],
    ['image', 'members', 'list'],
    ['image', 'tags', 'list'],
  ],
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof ImageRow] as string | Date | null,
  matches: (row, input) =>
    (!Array.isArray(input.names) || input.names.includes(row.name)) &&
    (!input.status || input.status === row.status) &&
    (!input.visibility || input.visibility === 'all' || input.visibility === row.visibility) &&
    (input.protected === undefined || input.protected === row.protected) &&
    (input.hidden === 'all' || Boolean(input.hidden) === row.hidden) &&
    hasTags(row.tags, input.tags) &&
    (textMatches(input.search, row.name) || input.search === row.id),
  listedElsewhere: (row, { projectId }, input) => input.whose !== 'own' && listedFor(row, projectId, input),
  listedAtHome: (_row, input) => input.whose !== 'others',
  isNewer: (next, known) => {
    // Each project that an image is shared with is told by an event of its own; administrators hear them all.
    if (
      next.visibility === 'shared' &&
      known.visibility === 'shared' &&
      next.membership?.projectId !== known.membership?.projectId
    )
      return false
    // The bytes of a running upload are announced more often than they are stored.
    return next.status === known.status && (next.status === 'saving' || next.status === 'uploading')
      ? next.uploadSize !== known.uploadSize || (next.uploadedBytes ?? 0) >= (known.uploadedBytes ?? 0)
      : isNewerByVersion(next, known)
  },
})
