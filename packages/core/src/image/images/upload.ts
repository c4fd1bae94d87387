import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { authorise, type Ctx, conflict, fromZod, mutate, takeQuota } from '../../kernel/index.ts'
import { isConverted } from '../format/detect.ts'
import { importImage } from '../import/import.ts'
import { imageStore } from '../store/open-store.ts'
import { failureWords, uploadFailure } from '../uploads/failure.ts'
import { backToQueued, leaseEnd } from '../uploads/lease.ts'
import { allowance } from '../uploads/limits.ts'
import { type Received, receive } from '../uploads/receive.ts'
import { stageImage } from '../uploads/stage.ts'
import { Watch } from '../uploads/watch.ts'
import { imageId } from './fields.ts'
import { findOwnImage, ownProject } from './find.ts'
import { type ImageRow, type ImageWithParts, imageChanged, imageParts, imageRow } from './row.ts'

/** What {@link uploadImage} takes. */
export interface UploadCall {
  ctx: Ctx
  input: { id: string }
  /** The file. Destroyed when the upload is cancelled or stalls; left open when the file is refused. */
  body: Readable
  /** Bytes it will have, when that is known. */
  size?: number
}

/** Name of the upload in the audit log and in refusals; it is no verb with an input alone. */
const verb = 'image.images.upload'

/**
 * Fills a queued image with its file, as it arrives: queued → saving → active. What was declared to be of a format that
 * machines cannot start from is staged, and imported in the background: queued → uploading → importing. An upload that is refused, cut off or
 * cancelled leaves no bytes behind; the image is queued again and says why.
 * @throws NephosError conflict when the image has data or another upload runs; invalid_input for an unsafe or unusable
 * file; too_large, quota_exceeded, cancelled, timeout
 */
export async function uploadImage({ ctx, input, body, size }: UploadCall): Promise<ImageRow> {
  authorise(ctx, verb, { scope: 'project', role: 'member' })
  const parsed = imageId.and(z.object({ size: z.int().min(0).optional() })).safeParse({ ...input, size })
  if (!parsed.success) throw fromZod(parsed.error)

  const { diskFormat } = await findOwnImage(ctx, parsed.data.id)
  if (isConverted(diskFormat)) return stageAndImport({ ctx, input: parsed.data, body, size })

  const { upload, allow } = await begin(ctx, parsed.data.id, size)
  const store = imageStore(ctx.config)
  const key = `${upload.id}.${upload.uploadToken}`
  const watch = new Watch(ctx, upload, body)
  try {
    const received = await receive({
      store,
      key,
      body,
      declared: upload.diskFormat,
      size,
      allow,
      onBytes: watch.onBytes,
    })
    try {
      return await finish(ctx, upload, received, key)
    } catch (error) {
      await store.delete(key)
      throw error
    }
  } catch (error) {
    throw await fail(ctx, upload, watch.reason ?? error)
  } finally {
    watch.stop()
  }
}

async function stageAndImport(call: UploadCall): Promise<ImageRow> {
  const { id } = await stageImage(call)
  return (await importImage({ ctx: call.ctx, input: { id, method: 'glance-direct' } })).image
}

async function begin(ctx: Ctx, id: string, size: number | undefined) {
  return mutate(ctx, async (tx) => {
    const image = await findOwnImage(ctx, id, tx.db)
    const allow = await allowance(ctx, tx.db, image.projectId)
    if (size !== undefined) allow(size)
    const now = new Date()
    const { count } = await tx.db.image.updateMany({
      where: {
        id,
        generation: image.generation,
        OR: [{ status: 'queued' }, { status: 'saving', uploadExpiresAt: { lt: now } }],
      },
      data: {
        status: 'saving',
        failure: null,
        uploadToken: randomBytes(12).toString('hex'),
        uploadExpiresAt: leaseEnd(),
        uploadedBytes: 0,
        uploadSize: size ?? null,
        generation: { increment: 1 },
      },
    })
    if (count === 0)
      throw conflict(
        image.status === 'active'
          ? `Image ${image.name} has its file already.`
          : `Another upload to image ${image.name} is running.`,
        {
          remedy: image.status === 'active' ? 'Create a new image.' : 'Wait for it, or cancel it.',
          detail: { status: image.status },
        },
      )
    const upload = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
    imageChanged(tx, 'updated', upload)
    return { upload, allow }
  })
}

const finish = (ctx: Ctx, upload: ImageWithParts, received: Received, key: string): Promise<ImageRow> =>
  mutate(ctx, async (tx) => {
    const { count } = await tx.db.image.updateMany({
      where: { id: upload.id, uploadToken: upload.uploadToken, status: 'saving' },
      data: {
        status: 'active',
        size: received.size,
        virtualSize: received.virtualSize,
        diskFormat: received.diskFormat,
        checksum: received.md5,
        hashAlgo: 'sha512',
        hashValue: received.sha512,
        uploadToken: null,
        uploadExpiresAt: null,
        uploadedBytes: null,
        uploadSize: null,
        generation: { increment: 1 },
      },
    })
    if (count === 0) throw conflict(`The upload to image ${upload.name} was cancelled.`)
    await tx.db.imageLocation.create({ data: { imageId: upload.id, store: received.store, key } })
    const image = await tx.db.image.findUniqueOrThrow({ where: { id: upload.id }, include: imageParts })
    tx.audit({
      verb,
      resourceType: 'image',
      resourceId: image.id,
      resourceName: image.name,
      projectId: image.projectId,
      detail: { size: received.size, diskFormat: received.diskFormat, sha512: received.sha512 },
    })
    imageChanged(tx, 'updated', image)
    await takeQuota(tx.db, image.projectId, { image_bytes: received.size })
    return imageRow(image, ownProject(ctx))
  })

/** Puts the image back, if the upload is still ours. @returns what to throw */
async function fail(ctx: Ctx, upload: ImageWithParts, error: unknown): Promise<unknown> {
  const failure = uploadFailure(error)
  try {
    await mutate(ctx, async (tx) => {
      const image = await backToQueued(tx, upload, failureWords(failure))
      if (image)
        tx.audit({
          verb,
          resourceType: 'image',
          resourceId: image.id,
          resourceName: image.name,
          projectId: image.projectId,
          detail: { failure: failureWords(failure) },
        })
    })
  } catch (cause) {
    ctx.log.warn({ err: cause, imageId: upload.id }, 'a broken upload stays until its lease ends')
  }
  return failure
}
