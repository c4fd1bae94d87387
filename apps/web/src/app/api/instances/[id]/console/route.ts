import { serveConsole } from '#server/console.ts'
import { answering } from '#server/request.ts'

export const dynamic = 'force-dynamic'

export const GET = (request: Request, { params }: { params: Promise<{ id: string }> }) =>
  answering(request, async () => serveConsole(request, (await params).id))
