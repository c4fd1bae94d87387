import { z } from 'zod'
import { type Ctx, conflict, notFound } from '../../kernel/index.ts'
import { findOwnImage } from '../images/find.ts'
import type { ImageWithParts } from '../images/row.ts'

/** How long an upload waits for its next part. */
const patienceMs = 24 * 60 * 60_000

/** When an upload that got a part now is given up. */
export const givenUpAt = (): Date => new Date(Date.now() + patienceMs)

/** Names one upload to one image. */
export const uploadName = z.object({ id: z.uuid(), uploadId: z.string().regex(/^[0-9a-f]{24}$/) })

const task = z.object({ method: z.literal('upload'), uploadId: z.string(), fileName: z.string() })
/** What is kept of an upload in parts. */
export type UploadTask = z.output<typeof task>

/** The upload in parts that an image has; null when it has none. */
export const uploadTask = ({ importTask }: { importTask: unknown }): UploadTask | null =>
  task.safeParse(importTask).data ?? null

/**
 * An image of the actor's project with its upload, while parts of it can come.
 * @throws NephosError not_found, forbidden, conflict when that upload is over
 */
export async function findUpload(
  ctx: Ctx,
  { id, uploadId }: z.output<typeof uploadName>,
): Promise<{ image: ImageWithParts; task: UploadTask; size: number }> {
  const image = await findOwnImage(ctx, id)
  const found = uploadTask(image)
  if (image.status !== 'uploading')
    throw conflict(
      image.status === 'importing'
        ? `The file of image ${image.name} has arrived and is being stored.`
        : `This upload to image ${image.name} is over.`,
      { detail: { reason: 'over', status: image.status } },
    )
  if (found?.uploadId !== uploadId) throw notFound('upload', uploadId)
  return { image, task: found, size: Number(image.uploadSize ?? 0n) }
}
