import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { authorise, type Ctx, conflict, fromZod, invalid, mutate, NephosError } from '../../kernel/index.ts'
import { imageId } from '../images/fields.ts'
import { findOwnImage } from '../images/find.ts'
import { type ImageRow, type ImageWithParts, imageChanged, imageParts, imageRow } from '../images/row.ts'
import { failureWords, uploadFailure } from './failure.ts'
import { backToQueued, leaseEnd, stagedEnd } from './lease.ts'
import { allowance } from './limits.ts'
import { openStaging, stagedFile } from './staging.ts'
import { Watch } from './watch.ts'

const verb = 'image.images.stage'

/** What {@link stageImage} takes. */
export interface StageCall {
  ctx: Ctx
  input: { id: string }
  /** The file. Destroyed when the staging is cancelled or stalls. */
  body: Readable
  /** Bytes it will have, when that is known. */
  size?: number
}

/**
 * Keeps the file of a queued image until it is imported: queued → uploading. Whether it is any good is for the import
 * to say.
 * @throws NephosError conflict unless the image is queued; too_large, quota_exceeded, cancelled, timeout
 */
export async function stageImage({ ctx, input, body, size }: StageCall): Promise<ImageRow> {
  authorise(ctx, verb, { scope: 'project', role: 'member' })
  const parsed = imageId.and(z.object({ size: z.int().min(0).optional() })).safeParse({ ...input, size })
  if (!parsed.success) throw fromZod(parsed.error)
  const { upload, allow } = await begin(ctx, parsed.data.id, size)
  const watch = new Watch(ctx, upload, body)
  const part = `${stagedFile(ctx.config, upload.id)}.${upload.uploadToken}`
  try {
    await openStaging(ctx.config)
    const bytes = await write(part, body, { size, allow, onBytes: watch.onBytes })
    return await finish(ctx, upload, part, bytes)
  } catch (error) {
    await rm(part, { force: true })
    const failure = uploadFailure(watch.reason ?? error)
    await mutate(ctx, (tx) => backToQueued(tx, upload, failureWords(failure))).catch((err) =>
      ctx.log.warn({ err, imageId: upload.id }, 'a broken upload stays until its lease ends'),
    )
    throw failure
  } finally {
    watch.stop()
  }
}

const begin = (ctx: Ctx, id: string, size: number | undefined) =>
  mutate(ctx, async (tx) => {
    const image = await findOwnImage(ctx, id, tx.db)
    const allow = await allowance(ctx, tx.db, image.projectId)
    if (size !== undefined) allow(size)
    const { count } = await tx.db.image.updateMany({
      where: { id, generation: image.generation, status: 'queued' },
      data: {
        status: 'uploading',
        failure: null,
        stagedBytes: null,
        uploadToken: randomBytes(12).toString('hex'),
        uploadExpiresAt: leaseEnd(),
        uploadedBytes: 0,
        uploadSize: size ?? null,
        generation: { increment: 1 },
      },
    })
    if (count === 0)
      throw conflict(`Image ${image.name} is ${image.status}: a file is staged for a queued one only.`, {
        detail: { status: image.status },
      })
    const upload = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
    imageChanged(tx, 'updated', upload)
    return { upload, allow }
  })

async function write(
  path: string,
  body: Readable,
  {
    size,
    allow,
    onBytes,
  }: { size?: number; allow: (bytes: number) => void; onBytes: (bytes: number) => void },
): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  let bytes = 0
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (size !== undefined && bytes > size) throw wrongSize(bytes, size)
      allow(bytes)
      await file.writeFile(chunk)
      onBytes(bytes)
    }
    if (size !== undefined && bytes !== size) throw wrongSize(bytes, size)
    if (bytes === 0) throw invalid('file', 'The file is empty.', 'Choose a disk image.')
    return bytes
  } catch (error) {
    throw stagingFull(error)
  } finally {
    await file.close()
  }
}

/** What a full disk means for whoever sends a file. */
export const stagingFull = (error: unknown): unknown =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException)?.code ?? '')
    ? new NephosError('driver_failed', 'There is no space left where files wait for their import.', {
        remedy: 'Give the state directory of the control plane more space.',
        cause: error,
      })
    : error

async function finish(ctx: Ctx, upload: ImageWithParts, part: string, bytes: number): Promise<ImageRow> {
  await rename(part, stagedFile(ctx.config, upload.id))
  return mutate(ctx, async (tx) => {
    const { count } = await tx.db.image.updateMany({
      where: { id: upload.id, uploadToken: upload.uploadToken, status: 'uploading' },
      data: {
        stagedBytes: bytes,
        uploadToken: null,
        uploadExpiresAt: stagedEnd(),
        uploadedBytes: null,
        uploadSize: null,
        generation: { increment: 1 },
      },
    })
    if (count === 0) throw conflict(`The upload to image ${upload.name} was cancelled.`)
    const image = await tx.db.image.findUniqueOrThrow({ where: { id: upload.id }, include: imageParts })
    tx.audit({
      verb,
      resourceType: 'image',
      resourceId: image.id,
      resourceName: image.name,
      projectId: image.projectId,
      detail: { bytes },
    })
    imageChanged(tx, 'updated', image)
    return imageRow(image, image.projectId)
  })
}

const wrongSize = (arrived: number, announced: number) =>
  invalid(
    'size',
    arrived < announced
      ? `Only ${arrived} of ${announced} bytes arrived.`
      : `More bytes arrived than the ${announced} that were announced.`,
    'Upload the file again.',
  )
