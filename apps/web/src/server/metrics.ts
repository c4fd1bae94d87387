import { readSessionCookie } from '@nephos/api'
import {
  followMetrics,
  type MetricSamples,
  NephosError,
  onMetricSamples,
  requireUser,
  resolveSession,
} from '@nephos/core'
import { contextOf } from './request.ts'
import { services } from './services.ts'
import { eventStream } from './sse.ts'

const followAgainMs = 20_000
const mostIds = 100
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * New measurements while somebody looks: `samples` {at, values: {id: numbers}} once a look of each host, for
 * `?instances=` and, for administrators, `?hosts=` (ids with commas). With `?only=cpu` the first number alone. The
 * hosts are asked to go on every 20 seconds, and stop by themselves when nobody asks.
 */
export async function serveMetrics(request: Request): Promise<Response> {
  const { ctx, headers } = await contextOf(request)
  const actor = requireUser(ctx)
  const query = new URL(request.url).searchParams
  const [instanceIds, hostIds] = [idsOf(query, 'instances'), idsOf(query, 'hosts')]
  const width = query.get('only') === 'cpu' ? 1 : undefined
  // Refuses before the stream begins.
  const first = await followMetrics(ctx, { instanceIds, hostIds })
  const secret = readSessionCookie(request.headers.get('cookie')) ?? ''

  return eventStream(request, headers, (stream) => {
    let { ids } = first
    let ended = false
    const subscriptions = new Map<string, () => void>()
    const tell = ({ at, values }: MetricSamples) => {
      const mine = Object.entries(values).filter(([id]) => ids.has(id))
      if (mine.length === 0) return
      stream.send('samples', {
        at,
        values: Object.fromEntries(mine.map(([id, numbers]) => [id, numbers.slice(0, width)])),
      })
    }
    const listen = (hostNames: readonly string[]) => {
      for (const [name, end] of subscriptions)
        if (!hostNames.includes(name)) {
          end()
          subscriptions.delete(name)
        }
      for (const name of hostNames) {
        const end = subscriptions.has(name) ? undefined : onMetricSamples(services(), name, tell)
        if (end) subscriptions.set(name, end)
      }
    }
    const again = async () => {
      const current = await resolveSession(services(), secret, { passive: true }).catch(() => actor)
      if (ended) return
      if (!current || current.project?.id !== actor.project?.id) return stream.close()
      const followed = await followMetrics({ ...ctx, actor: current }, { instanceIds, hostIds })
      if (ended) return
      ids = followed.ids
      listen(followed.hostNames)
    }
    listen(first.hostNames)
    const timer = setInterval(() => {
      again().catch((error: unknown) => {
        // Rights were taken away; anything else is tried again.
        if (error instanceof NephosError && error.code === 'forbidden') stream.close()
      })
    }, followAgainMs)
    return () => {
      ended = true
      clearInterval(timer)
      for (const end of subscriptions.values()) end()
    }
  })
}

function idsOf(query: URLSearchParams, field: string): string[] {
  const ids = (query.get(field) ?? '').split(',').filter(Boolean)
  if (ids.length > mostIds || ids.some((id) => !uuid.test(id)))
    throw new NephosError('invalid_input', `${field} holds at most ${mostIds} ids with commas.`, { field })
  return ids
}
