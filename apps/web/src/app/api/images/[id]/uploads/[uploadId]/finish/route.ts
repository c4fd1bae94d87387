import { passToImage } from '#server/image-bytes.ts'
import { answering } from '#server/request.ts'

export const dynamic = 'force-dynamic'

interface Named {
  params: Promise<{ id: string; uploadId: string }>
}

export const POST = (request: Request, { params }: Named) =>
  answering(request, async () => {
    const { id, uploadId } = await params
    return passToImage(request, id, `uploads/${encodeURIComponent(uploadId)}/finish`)
  })
