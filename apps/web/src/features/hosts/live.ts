import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion, textMatches } from '#features/live/rows.ts'
import type { HostRow } from './row.ts'

/** Hosts: use, state and services are patched by `host` events. */
export const hostNoun = defineNoun<HostRow>({
  noun: 'host',
  list: ['compute', 'hosts', 'list'],
  show: ['compute', 'hosts', 'show'],
  refetches: [['compute', 'zones', 'list']],
  defaultSort: { by: 'name', dir: 'asc' },
  sortValue: (row) => row.name,
  matches: (row, input) => (!input.zone || input.zone === row.zone) && textMatches(input.search, row.name),
  isNewer: isNewerByVersion,
})
