import {
  type Ctx,
  followInstanceConsole,
  NephosError,
  onConsoleGrowth,
  readInstanceConsole,
  showInstance,
} from '@nephos/core'
import { contextOf } from './request.ts'
import { services } from './services.ts'
import { eventStream, type Stream } from './sse.ts'

const firstBytes = 131_072
const chunkBytes = 262_144
const followAgainMs = 20_000
const retryMs = 3_000

/**
 * The serial log of an instance as it grows. Events: `text` {offset, end, text} with byte positions, `following`,
 * `waiting` {why} while there is nothing to follow. `?from=` is the byte after which the client wants to go on.
 */
export async function serveConsole(request: Request, id: string): Promise<Response> {
  const { ctx, headers } = await contextOf(request)
  // Refuses before the stream begins: no session, no such instance.
  await showInstance({ ctx, input: { id } })
  const given = new URL(request.url).searchParams.get('from')
  const from = given === null ? undefined : Number(given)
  if (from !== undefined && (!Number.isSafeInteger(from) || from < 0))
    throw new NephosError('invalid_input', 'The place in the log is not a number.', { field: 'from' })
  return eventStream(request, headers, (stream) => follow(stream, ctx, id, from))
}

function follow(stream: Stream, ctx: Ctx, id: string, from: number | undefined): () => void {
  let at = from
  let ended = false
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined
  let again = false
  let unsubscribe: (() => void) | undefined

  /** Sends everything from where the client is to the end of the log. */
  const catchUp = async () => {
    for (;;) {
      const read = await readInstanceConsole({
        ctx,
        input: { id, offset: at ?? -firstBytes, limit: chunkBytes },
      })
      if (ended) return
      // A log that was begun anew is shorter than the place the client knows.
      if (at !== undefined && read.size < at) {
        at = 0
        continue
      }
      const end = read.offset + Buffer.byteLength(read.text)
      if (read.text !== '') stream.send('text', { offset: read.offset, end, text: read.text })
      at = end
      if (end >= read.size || read.text === '') return
    }
  }
  /** One reading at a time; what is asked for meanwhile is done once afterwards. */
  const readOn = (): Promise<void> => {
    if (reading) {
      again = true
      return reading
    }
    reading = (async () => {
      do {
        again = false
        await catchUp()
      } while (again && !ended)
    })().finally(() => {
      reading = undefined
    })
    return reading
  }

  const go = async () => {
    if (ended) return
    try {
      await readOn()
      await followInstanceConsole(ctx, id, at ?? 0)
      listen()
      // What was written between the reading and the following.
      await readOn()
      stream.send('following', {})
      timer = setTimeout(() => void go(), followAgainMs)
    } catch (error) {
      if (ended) return
      stream.send('waiting', { why: reasonOf(error) })
      timer = setTimeout(() => void go(), retryMs)
    }
  }
  // What is published is only a sign that there is more: the text itself is read in order, so nothing is lost.
  const listen = () => {
    unsubscribe ??= onConsoleGrowth(services(), id, () => {
      if (!ended) void readOn().catch(() => undefined)
    })
  }
  void go()
  return () => {
    ended = true
    clearTimeout(timer)
    unsubscribe?.()
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof NephosError
    ? [error.message, error.remedy].filter(Boolean).join(' ')
    : 'The console cannot be read now.'
