import { defineNoun } from '#features/live/nouns.ts'
import { isActive, type OperationRow } from './row.ts'

// Later in life is newer: operations carry no version.
const age = (row: OperationRow): number =>
  (row.status === 'queued' ? 0 : isActive(row) ? 1 : 2) * 1_000 + (row.progress ?? 0)

/** Operations: newest first, patched by `operation` events. */
export const operationNoun = defineNoun<OperationRow>({
  noun: 'operation',
  list: ['operation', 'operations', 'list'],
  show: ['operation', 'operations', 'show'],
  // The steps are not in the row.
  refetchesShown: true,
  defaultSort: { by: 'createdAt', dir: 'desc' },
  sortValue: (row, by) => row[by as keyof OperationRow] as string | Date | null,
  matches: (row, input) =>
    (!input.status || [input.status].flat().includes(row.status)) &&
    (!input.kind || input.kind === row.kind) &&
    (!input.resourceId || input.resourceId === row.resourceId) &&
    (!input.search ||
      row.resourceName.includes(String(input.search)) ||
      [row.id, row.resourceId, row.requestId].includes(String(input.search))),
  // Undoing and a retry take progress back; then the beginning or the end tells.
  isNewer: (next, known) =>
    next.status !== known.status
      ? isActive(known) || next.status === 'queued'
      : age(next) >= age(known) || next.status === 'undoing',
  complete: (row) => ({
    ...row,
    errorCode: row.errorCode ?? null,
    errorMessage: row.errorMessage ?? null,
    cancelRequested: row.cancelRequested ?? false,
    startedAt: row.startedAt ?? null,
    endedAt: row.endedAt ?? null,
  }),
})
