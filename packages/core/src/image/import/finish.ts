import { Prisma } from '@nephos/db'
import { type Ctx, conflict, mutate, type Services, takeQuota } from '../../kernel/index.ts'
import { type ImageWithParts, imageChanged, imageEvent, imageParts } from '../images/row.ts'
import { type ImportTask, importTaskOf } from './task.ts'

/** An image with what is to be done for it. */
export interface ImportState {
  image: ImageWithParts
  task: ImportTask
}

/** What an import made of an image. Sizes in bytes. */
export interface Imported {
  size: number
  virtualSize: number
  diskFormat: string
  md5: string
  sha512: string
  /** Stores that have the bytes, with the key. */
  stores: string[]
  key: string
}

/** The image that an operation imports, or null when it does not any more. */
export async function loadImport(
  { db }: Pick<Services, 'db'>,
  operation: { id: string; resourceId: string },
): Promise<ImportState | null> {
  const image = await db.image.findUnique({
    where: { id: operation.resourceId },
    include: imageParts,
  })
  const task = image?.status === 'importing' ? importTaskOf(image) : null
  return image && task?.operationId === operation.id ? { image, task } : null
}

const cleared = {
  importTask: Prisma.DbNull,
  stagedBytes: null,
  uploadedBytes: null,
  uploadSize: null,
} as const

/** Makes an imported image active. @throws NephosError conflict when it was deleted meanwhile; quota_exceeded */
export const finishImport = (ctx: Ctx, { image: { id, generation } }: ImportState, done: Imported) =>
  mutate(ctx, async (tx) => {
    const before = await tx.db.image.findUnique({ where: { id } })
    const { count } = await tx.db.image.updateMany({
      where: { id, status: 'importing', generation: before?.generation ?? generation },
      data: {
        ...cleared,
        status: 'active',
        size: done.size,
        virtualSize: done.virtualSize,
        diskFormat: done.diskFormat,
        checksum: done.md5,
        hashAlgo: 'sha512',
        hashValue: done.sha512,
        failure: null,
        generation: { increment: 1 },
      },
    })
    if (count === 0) throw conflict('The image was deleted while it was imported.')
    await tx.db.imageLocation.createMany({
      data: done.stores.map((store) => ({ imageId: id, store, key: done.key })),
    })
    const image = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
    tx.audit({
      verb: 'image.images.import',
      resourceType: 'image',
      resourceId: id,
      resourceName: image.name,
      projectId: image.projectId,
      detail: { size: done.size, diskFormat: done.diskFormat, sha512: done.sha512, stores: done.stores },
    })
    imageChanged(tx, 'updated', image)
    await takeQuota(tx.db, image.projectId, { image_bytes: done.size })
  })

/** Puts an image back whose import failed, and says why. */
export const failImport = (ctx: Ctx, { image: { id }, task }: ImportState, failure: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const image = await tx.db.image.findUnique({ where: { id } })
    if (image?.status !== 'importing' || importTaskOf(image)?.operationId !== task.operationId) return
    const { count } = await tx.db.image.updateMany({
      where: { id, status: 'importing', generation: image.generation },
      data: { ...cleared, status: 'queued', failure, generation: { increment: 1 } },
    })
    if (count === 0) throw conflict('The image is being changed at this moment.')
    imageChanged(tx, 'updated', await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts }))
  })

/** Tells how far the bytes of an importing image are. It may be lost. */
export function announceImport(
  { announce }: Pick<Services, 'announce'>,
  image: ImageWithParts,
  doneBytes: number,
  totalBytes: number | null,
): void {
  announce({
    ...imageEvent('progress', {
      ...image,
      uploadedBytes: BigInt(doneBytes),
      uploadSize: totalBytes === null ? null : BigInt(totalBytes),
    }),
    at: new Date().toISOString(),
  })
}
