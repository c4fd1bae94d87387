import { serveEvents } from '#server/events.ts'
import { answering } from '#server/request.ts'

export const dynamic = 'force-dynamic'

export const GET = (request: Request) => answering(request, () => serveEvents(request))
