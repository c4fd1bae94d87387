import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { conflict, defineVerb, jsonColumn, mutate } from '../../kernel/index.ts'
import { findOwnImage } from '../images/find.ts'
import { type ImageWithParts, imageChanged, imageParts } from '../images/row.ts'
import { type ImageStatus, whyNotImage } from '../states.ts'
import { allowance } from '../uploads/limits.ts'
import { dropStaging } from '../uploads/staging.ts'
import { givenUpAt, uploadTask } from './find.ts'

/** An upload whose parts can be sent one after another, from anywhere. */
export interface ResumableUpload {
  imageId: string
  uploadId: string
  fileName: string
  /** Bytes of the whole file. */
  size: number
  /** Bytes that had arrived when this was last noted; the API knows exactly. */
  offset: number
  /** When it is given up unless another part comes. */
  expiresAt: Date
}

/**
 * Begins an upload in parts, or finds the one that was begun with a file of the same size. An image that waits for the
 * rest of another file says so, unless `restart` throws that one away.
 * @throws NephosError not_found, forbidden, conflict, too_large, quota_exceeded
 */
export const beginUpload = defineVerb({
  name: 'image.uploads.begin',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    size: z.int().min(1, 'The file is empty.'),
    fileName: z.string().trim().min(1).max(255),
    restart: z.boolean().default(false),
  }),
  run: async ({ ctx, input: { id, size, fileName, restart } }): Promise<ResumableUpload> => {
    const { upload, dropped } = await mutate(ctx, async (tx) => {
      const image = await findOwnImage(ctx, id, tx.db)
      const begun = image.status === 'uploading' ? uploadTask(image) : null
      if (begun && !restart) {
        if (Number(image.uploadSize) !== size) throw otherFile(image, begun.fileName)
        await tx.db.image.updateMany({
          where: { id, uploadToken: begun.uploadId, status: 'uploading' },
          data: { uploadExpiresAt: givenUpAt() },
        })
        return { upload: resumable(image), dropped: null }
      }
      const reason = begun ? null : whyNotImage('upload', image.status as ImageStatus)
      if (reason)
        throw conflict(`Image ${image.name} takes no file. ${reason}`, { detail: { status: image.status } })
      const allow = await allowance(ctx, tx.db, image.projectId)
      allow(size)
      const uploadId = randomBytes(12).toString('hex')
      const { count } = await tx.db.image.updateMany({
        where: { id, generation: image.generation, status: image.status },
        data: {
          status: 'uploading',
          failure: null,
          stagedBytes: null,
          uploadToken: uploadId,
          uploadExpiresAt: givenUpAt(),
          uploadedBytes: 0,
          uploadSize: size,
          importTask: jsonColumn({ method: 'upload', uploadId, fileName }),
          generation: { increment: 1 },
        },
      })
      if (count === 0)
        throw conflict(`Image ${image.name} was just changed by someone else.`, { remedy: 'Try again.' })
      const now = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
      tx.audit({
        verb: 'image.uploads.begin',
        resourceType: 'image',
        resourceId: id,
        resourceName: image.name,
        projectId: image.projectId,
        detail: { fileName, size },
      })
      imageChanged(tx, 'updated', now)
      return { upload: resumable(now), dropped: begun?.uploadId ?? null }
    })
    if (dropped) await dropStaging(ctx.config, id)
    return upload
  },
})

const otherFile = (image: ImageWithParts, fileName: string) =>
  conflict(
    `The upload of ${fileName} to image ${image.name} is not finished, and this file has another size.`,
    {
      field: 'file',
      remedy: `Choose ${fileName} to continue, or cancel that upload.`,
      detail: {
        reason: 'other_file',
        fileName,
        size: Number(image.uploadSize),
        offset: Number(image.uploadedBytes),
      },
    },
  )

function resumable(image: ImageWithParts): ResumableUpload {
  const task = uploadTask(image)
  return {
    imageId: image.id,
    uploadId: task?.uploadId ?? '',
    fileName: task?.fileName ?? '',
    size: Number(image.uploadSize ?? 0n),
    offset: Number(image.uploadedBytes ?? 0n),
    expiresAt: image.uploadExpiresAt ?? givenUpAt(),
  }
}
