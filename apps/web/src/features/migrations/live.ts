import { defineNoun } from '#features/live/nouns.ts'
import { isNewerByVersion } from '#features/live/rows.ts'
import type { MigrationRow } from './row.ts'

/**
 * Moves: newest first, patched by `migration` events, which come with every piece of progress. Members are told the
 * progress only.
 */
export const migrationNoun = defineNoun<MigrationRow>({
  noun: 'migration',
  list: ['compute', 'migrations', 'list'],
  show: ['compute', 'migrations', 'current'],
  adminOnly: ['sourceHost', 'destHost', 'requestedHost'],
  // The list is the whole cloud's.
  listedElsewhere: () => true,
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row) => row.createdAt,
  matches: (row, input) =>
    (!input.instanceId || input.instanceId === row.instanceId) &&
    (!input.host || input.host === row.sourceHost || input.host === row.destHost) &&
    (!input.kind || input.kind === row.kind) &&
    (!input.status || input.status === row.status) &&
    (!input.open || row.endedAt === null),
  isNewer: isNewerByVersion,
})
