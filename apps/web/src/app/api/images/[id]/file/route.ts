import { passImageOn } from '#server/image-file.ts'
import { answering } from '#server/request.ts'

export const dynamic = 'force-dynamic'

export const PUT = (request: Request, { params }: { params: Promise<{ id: string }> }) =>
  answering(request, async () => passImageOn(request, (await params).id))
