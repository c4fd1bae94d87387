import type { RouterOutputs } from '#trpc/client.ts'
import { count } from '#ui/format.ts'
import type { StateTone } from '#ui/state-cell.tsx'

/** One drain of a host, as lists and events hold it. */
export type DrainRow = RouterOutputs['compute']['drains']['list']['items'][number]
/** What a drain does with one instance. */
export type DrainMove = RouterOutputs['compute']['drains']['show']['moves'][number]
/** What a drain would do with one instance. */
export type DrainPlan = RouterOutputs['compute']['drains']['preview']
type Way = DrainMove['way']

/** Whether it goes on, or can. */
export const isOpen = ({ status }: Pick<DrainRow, 'status'>): boolean =>
  status === 'running' || status === 'paused'

/** Colour and word of a drain. One that left instances behind is not all well. */
export function drainLook({ status, counts, createdAt }: Pick<DrainRow, 'status' | 'counts' | 'createdAt'>): {
  tone: StateTone
  word: string
  since: Date | null
} {
  if (status === 'running') return { tone: 'busy', word: 'Draining', since: createdAt }
  if (status === 'paused') return { tone: 'warn', word: 'Paused', since: null }
  if (status === 'aborted') return { tone: 'idle', word: 'Aborted', since: null }
  const left = counts.stays + counts.failed > 0
  return { tone: left ? 'warn' : 'ok', word: left ? 'Done, not empty' : 'Done', since: null }
}

/** How many of its instances have had their turn, in percent. */
export const drainPercent = ({ total, counts }: Pick<DrainRow, 'total' | 'counts'>): number =>
  total === 0 ? 100 : ((total - counts.waiting - counts.moving) / total) * 100

const statusWords: readonly [keyof DrainRow['counts'], string][] = [
  ['moved', 'moved'],
  ['moving', 'on the way'],
  ['waiting', 'waiting'],
  ['failed', 'failed'],
  ['stays', 'staying'],
  ['skipped', 'left out'],
]

/** "3 moved, 1 on the way, 2 waiting". */
export function progressWords({ counts, total }: Pick<DrainRow, 'counts' | 'total'>): string {
  if (total === 0) return 'No instance was on it.'
  return statusWords
    .flatMap(([status, word]) => (counts[status] > 0 ? [`${counts[status]} ${word}`] : []))
    .join(', ')
}

/** "2 instances move while they run, 1 moves while it is off, 1 stays." */
export function planWords({ live, cold, none }: DrainPlan['counts']): string {
  const parts: [number, string, string][] = [
    [live, 'moves while it runs', 'move while they run'],
    [cold, 'moves while it is off', 'move while they are off'],
    [none, 'stays', 'stay'],
  ]
  const said = parts.flatMap(([amount, one, many]) =>
    amount > 0 ? [{ amount, verb: amount === 1 ? one : many }] : [],
  )
  if (said.length === 0) return 'No instance is on it.'
  return `${said
    .map(({ amount, verb }, index) => `${index === 0 ? count(amount, 'instance') : amount} ${verb}`)
    .join(', ')}.`
}

/** How an instance leaves, in a word or two. */
export const wayWords: Record<Way, string> = { live: 'live', cold: 'while off', none: 'stays' }

const moveLooks: Record<DrainMove['status'], [StateTone, string]> = {
  waiting: ['idle', 'Waiting'],
  moving: ['busy', 'Moving'],
  moved: ['ok', 'Moved'],
  failed: ['bad', 'Failed'],
  skipped: ['idle', 'Left out'],
  stays: ['warn', 'Stays'],
}

/** Colour and word of what became of an instance. */
export function moveLook({ status }: Pick<DrainMove, 'status'>): { tone: StateTone; word: string } {
  const [tone, word] = moveLooks[status]
  return { tone, word }
}
