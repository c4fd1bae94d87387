import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion } from '#features/live/rows.ts'
import { type DrainRow, isOpen } from './row.ts'

/** Drains of hosts: numbers come with the events, what became of each instance is asked for again. */
export const drainNoun = defineNoun<DrainRow>({
  noun: 'drain',
  list: ['compute', 'drains', 'list'],
  show: ['compute', 'drains', 'show'],
  refetchesShown: true,
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row) => row.createdAt,
  matches: (row, input) => (!input.hostId || input.hostId === row.hostId) && (!input.open || isOpen(row)),
  // Numbers change without the drain itself.
  isNewer: (next, known) => isOpen(known) || isNewerByVersion(next, known),
})
