import { passToImage } from '#server/image-bytes.ts'
import { answering } from '#server/request.ts'

export const dynamic = 'force-dynamic'

export const GET = (request: Request, { params }: { params: Promise<{ id: string }> }) =>
  answering(request, async () => passToImage(request, (await params).id, 'file'))
