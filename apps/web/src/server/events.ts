import { readSessionCookie } from '@nephos/api'
import {
  type FeedMessage,
  isAdmin,
  NephosError,
  requireUser,
  resolveSession,
  subscribeEvents,
} from '@nephos/core'
import { contextOf } from './request.ts'
import { services } from './services.ts'
import { eventStream } from './sse.ts'

/** How often an open stream asks whether its session still holds. */
const checkMs = 10_000

/** The newest event, for a page that is about to be made; undefined while the stream is not known. */
export function eventPlace(): number | undefined {
  const hub = services().queue.hub()
  return hub.status().live ? hub.lastSeq() : undefined
}

/**
 * The changes that the session may see, from where the client left off. Events: `change`, `reset` (read everything
 * again), `status` (the queue went or came back), `ready` (nothing is missing any more), `tick`, `session-ended`.
 */
export async function serveEvents(request: Request): Promise<Response> {
  const { ctx, headers } = await contextOf(request)
  const actor = requireUser(ctx)
  const hub = services().queue.hub()
  const after = placeOf(request)
  const secret = readSessionCookie(request.headers.get('cookie')) ?? ''

  return eventStream(request, headers, (stream) => {
    const tell = (message: FeedMessage) => {
      if (message.type === 'reset') stream.send('reset', { seq: message.seq }, message.seq)
      else stream.sendJson('change', message.json, message.seq)
    }
    const tellStatus = ({ live, since }: { live: boolean; since: Date }) => {
      stream.send('status', { bus: live ? 'up' : 'down', since: since.toISOString() })
      if (live) stream.send('ready', { seq: hub.lastSeq() })
    }
    const unsubscribe = subscribeEvents(services(), actor, after, tell)
    const unwatch = hub.onStatus(tellStatus)
    tellStatus(hub.status())

    const check = setInterval(async () => {
      const current = await resolveSession(services(), secret, { passive: true }).catch(() => actor)
      if (!current) {
        stream.send('session-ended', {})
        stream.close()
      } else if (current.project?.id !== actor.project?.id || isAdmin(current) !== isAdmin(actor)) {
        // Another tab changed the project, or an administrator the roles: the client comes back as who it is now.
        stream.send('reset', { seq: hub.lastSeq() })
        stream.close()
      }
    }, checkMs)
    return () => {
      clearInterval(check)
      unwatch()
      unsubscribe()
    }
  })
}

/** From the header that browsers send when they come back, or from `?after=`. */
function placeOf(request: Request): number | undefined {
  const text = request.headers.get('last-event-id') || new URL(request.url).searchParams.get('after')
  if (!text) return undefined
  const place = Number(text)
  if (!Number.isSafeInteger(place) || place < 0)
    throw new NephosError('invalid_input', 'The place in the event stream is not a number.', {
      field: 'after',
    })
  return place
}
