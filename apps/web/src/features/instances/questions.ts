import type { InstanceAction } from '@nephos/core/states'
import type { Question } from '#ui/confirm.tsx'
import { formatDuration } from '#ui/format.ts'
import type { InstanceRow } from './row.ts'

/** What the questions must know of the cloud. */
export interface QuestionFacts {
  /** How long a deleted instance can be restored, in seconds; 0: not at all. */
  reclaimSeconds: number
}
/** What is asked about of an instance. */
type Asked = Pick<InstanceRow, 'name'> & Partial<Pick<InstanceRow, 'vmState'>>
type Ask = (rows: readonly Asked[], facts: QuestionFacts) => Omit<Question, 'names' | 'noun'>

const forGood: Ask = (rows) => ({
  title: rows.length === 1 ? 'Delete this instance?' : `Delete ${rows.length} instances?`,
  consequence:
    rows.length === 1
      ? 'and its disk are removed for good. Its addresses become free.'
      : 'They and their disks are removed for good. Their addresses become free.',
  verb: 'Delete',
})

const questions: Partial<Record<InstanceAction, Ask>> = {
  delete: (rows, facts) => {
    if (facts.reclaimSeconds === 0 || rows.every(({ vmState }) => vmState === 'soft_deleted'))
      return forGood(rows, facts)
    const time = formatDuration(facts.reclaimSeconds * 1000)
    return {
      title: rows.length === 1 ? 'Delete this instance?' : `Delete ${rows.length} instances?`,
      consequence:
        rows.length === 1
          ? `is shut down and stays in the bin for ${time}; until then it can be restored.`
          : `They are shut down and stay in the bin for ${time}; until then they can be restored.`,
      verb: 'Delete',
    }
  },
  forceDelete: forGood,
  shelve: (rows) => ({
    title: rows.length === 1 ? 'Shelve this instance?' : `Shelve ${rows.length} instances?`,
    consequence:
      rows.length === 1
        ? 'is shut down. Its root disk is kept as an image and it makes room on its host; its addresses stay. Ephemeral disks and swap are not kept.'
        : 'They are shut down. Their root disks are kept as images and they make room on their hosts; their addresses stay. Ephemeral disks and swap are not kept.',
    verb: 'Shelve',
  }),
  revertResize: (rows) => ({
    title: rows.length === 1 ? 'Revert this resize?' : `Revert ${rows.length} resizes?`,
    consequence:
      rows.length === 1
        ? 'gets back the flavor, the place and the disks that it had. What its guest has written since then is lost.'
        : 'They get back the flavors, the places and the disks that they had. What their guests have written since then is lost.',
    verb: 'Revert',
  }),
  crashDump: (rows) => ({
    title: 'Trigger a crash dump?',
    consequence:
      rows.length === 1
        ? 'gets a non-maskable interrupt. A guest that is set up for it writes a dump and restarts.'
        : 'They get a non-maskable interrupt. Guests that are set up for it write a dump and restart.',
    verb: 'Trigger crash dump',
  }),
}

/** What is asked before the action is done to these instances; null for one that can be taken back. */
export function questionOf(
  action: InstanceAction,
  rows: readonly Asked[],
  facts: QuestionFacts,
): Question | null {
  const question = questions[action]?.(rows, facts)
  return question ? { ...question, names: rows.map((row) => row.name), noun: 'instance' } : null
}
