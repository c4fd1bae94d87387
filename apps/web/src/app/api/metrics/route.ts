import { serveMetrics } from '#server/metrics.ts'
import { answering } from '#server/request.ts'

export const dynamic = 'force-dynamic'

export const GET = (request: Request) => answering(request, () => serveMetrics(request))
