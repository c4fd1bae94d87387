import type { RouterOutputs } from '#trpc/client.ts'

/** Whether the cloud can fetch an entry of the catalogue. */
export type Reached = RouterOutputs['image']['catalogue']['check'][number]

/** What is known of the way from the cloud to the servers of the catalogue. */
export type Way = 'unknown' | 'open' | 'partly' | 'none'

/** The way to all servers, from the answers of each; undefined: not asked yet. */
export function wayTo(answers: readonly Reached[] | undefined): Way {
  if (!answers || answers.length === 0) return 'unknown'
  const reached = answers.filter(({ reachable }) => reachable).length
  return reached === 0 ? 'none' : reached === answers.length ? 'open' : 'partly'
}
