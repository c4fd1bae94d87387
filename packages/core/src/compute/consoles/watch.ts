import type { ChannelEnd, CloudEvent } from '@nephos/jobs'
import { NephosError, type OpenServices } from '../../kernel/index.ts'
import { consoleCloses } from '../states.ts'
import type { ConsoleGrant } from './redeem.ts'

/**
 * Looks every `everyMs`, and at once when something is announced that the right to a console hangs on, whether it may
 * still be open. `check` says why not, or throws the error that says it. @returns a function that ends the watch
 */
export function watchGrant(
  { queue, log }: OpenServices,
  grant: ConsoleGrant,
  everyMs: number,
  check: () => Promise<ChannelEnd | null>,
  end: (end: ChannelEnd) => void,
): () => void {
  let over = false
  let looking = false
  let again = false
  const look = async () => {
    if (over) return
    if (looking) {
      again = true
      return
    }
    looking = true
    try {
      do {
        again = false
        const why = await check()
        if (why) end(why)
      } while (again && !over)
    } catch (error) {
      // A database that is away for a moment takes no right from anybody.
      if (error instanceof NephosError && error.code in refusals)
        end({ code: refusals[error.code as keyof typeof refusals], reason: error.message })
      else log.warn({ err: error }, 'the right to a console cannot be checked now')
    } finally {
      looking = false
    }
  }
  const concerned = concerning(grant)
  const unsubscribe = queue.hub().subscribe(concerned, undefined, () => void look())
  const timer = setInterval(() => void look(), everyMs)
  timer.unref()
  return () => {
    over = true
    clearInterval(timer)
    unsubscribe()
  }
}

const refusals = {
  unauthenticated: consoleCloses.forbidden,
  forbidden: consoleCloses.forbidden,
  not_found: consoleCloses.gone,
} as const

/** Which events may take the right away. */
const concerning =
  ({ via, userId, instanceId }: ConsoleGrant) =>
  ({ noun, change, id }: CloudEvent): boolean => {
    if (noun === 'session') return id === (via.type === 'session' ? via.sessionId : via.tokenId)
    if (noun === 'user') return id === userId
    if (noun === 'instance') return change === 'deleted' && id === instanceId
    return (noun === 'assignment' || noun === 'project') && change !== 'created'
  }
