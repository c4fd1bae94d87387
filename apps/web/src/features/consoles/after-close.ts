import { consoleCloses } from '@nephos/core/states'

/** What follows the end of a console's connection. */
export type AfterClose =
  /** Try again by itself, after this long. */
  | { next: 'retry'; afterMs: number; why: string }
  /** Begin again once the instance runs. */
  | { next: 'wait'; why: string }
  /** Over, until somebody asks for it anew. */
  | { next: 'end'; why: string }

const longestWaitMs = 15_000

/** How long to wait before the next attempt: 1, 2, 4, 8, 15 seconds. */
export const retryAfterMs = (attempt: number): number => Math.min(1_000 * 2 ** attempt, longestWaitMs)

/**
 * What to do after the WebSocket was closed with this code and reason. `attempt` counts the attempts that failed since
 * the last one that worked; `runs` says whether the page takes the instance for running.
 */
export function afterClose(code: number, reason: string, attempt: number, runs: boolean): AfterClose {
  const retry = (why: string): AfterClose => ({ next: 'retry', afterMs: retryAfterMs(attempt), why })
  switch (code) {
    case consoleCloses.stopped:
      // The page may know later than the host, or the machine is being started anew.
      return runs
        ? retry(reason || 'The machine does not run now.')
        : { next: 'wait', why: reason || 'The instance was stopped.' }
    case consoleCloses.forbidden:
    case consoleCloses.gone:
    case consoleCloses.idle:
    case consoleCloses.unsupported:
    case consoleCloses.tooMany:
      return { next: 'end', why: reason || 'The cloud closed it.' }
    case consoleCloses.token:
      // A new attempt brings a new token.
      return attempt < 3 ? retry(reason || 'The token expired.') : { next: 'end', why: reason }
    case 1009:
      return { next: 'end', why: 'More was pasted at once than a console takes.' }
    default:
      return retry(reason || 'The connection was interrupted.')
  }
}
