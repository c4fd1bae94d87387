import type { InstanceAction } from '@nephos/core/states'
import type { Question } from '#ui/confirm.tsx'
import type { InstanceRow } from './row.ts'

type Ask = (rows: readonly InstanceRow[]) => Omit<Question, 'names' | 'noun'>

const questions: Partial<Record<InstanceAction, Ask>> = {
  delete: (rows) => ({
    title: rows.length === 1 ? 'Delete this instance?' : `Delete ${rows.length} instances?`,
    consequence:
      rows.length === 1
        ? 'and its disk are removed for good. Its addresses become free.'
        : 'They and their disks are removed for good. Their addresses become free.',
    verb: 'Delete',
  }),
}

/** What is asked before the action is done to these instances; null for one that can be taken back. */
export function questionOf(action: InstanceAction, rows: readonly InstanceRow[]): Question | null {
  const question = questions[action]?.(rows)
  return question ? { ...question, names: rows.map((row) => row.name), noun: 'instance' } : null
}
