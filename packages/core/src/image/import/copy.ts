import type { Image, ImageLocation } from '@nephos/db'
import { type Ctx, conflict, type MutationTx, mutate, type Services } from '../../kernel/index.ts'
import { type ImageRow, type ImageWithParts, imageChanged, imageParts, imageRow } from '../images/row.ts'
import { type ImageStatus, whyNotImage } from '../states.ts'
import { operationKey } from './task.ts'

/** An image that is being copied, and the locations that are being filled. */
export interface CopyState {
  image: Image
  /** Where the bytes are. */
  sources: ImageLocation[]
  /** Where they shall be. */
  targets: ImageLocation[]
}

/** Starts the copy of an active image to further stores. @throws NephosError conflict when all have it */
export async function beginCopy(
  tx: MutationTx,
  image: ImageWithParts,
  { stores, allStoresMustSucceed }: { stores: string[]; allStoresMustSucceed: boolean },
): Promise<{ operationId: string; image: ImageRow }> {
  const reason = whyNotImage('copy', image.status as ImageStatus)
  if (reason)
    throw conflict(`Image ${image.name} cannot be copied to other stores. ${reason}`, {
      detail: { status: image.status },
    })
  const there = await tx.db.imageLocation.findMany({ where: { imageId: image.id } })
  const missing = stores.filter((store) => !there.some((location) => location.store === store))
  if (missing.length === 0)
    throw conflict(`Image ${image.name} is in ${stores.join(', ')} already, or on its way there.`, {
      remedy: 'Choose another store.',
    })
  const operationId = tx.operation({
    kind: 'image-copy',
    projectId: image.projectId,
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
    input: { stores: missing, allStoresMustSucceed },
  })
  const key = operationKey(image.id, operationId)
  await tx.db.imageLocation.createMany({
    data: missing.map((store) => ({ imageId: image.id, store, key, status: 'copying' })),
  })
  tx.job('image.copy', { operationId, imageId: image.id })
  tx.audit({
    verb: 'image.images.import',
    resourceType: 'image',
    resourceId: image.id,
    resourceName: image.name,
    projectId: image.projectId,
    detail: { method: 'copy-image', stores: missing },
  })
  const copying = await tx.db.image.findUniqueOrThrow({ where: { id: image.id }, include: imageParts })
  imageChanged(tx, 'updated', copying)
  return { operationId, image: imageRow(copying, image.projectId) }
}

/** What an operation copies, or null when there is nothing left to do. */
export async function loadImageCopy(
  { db }: Pick<Services, 'db'>,
  operation: { id: string; resourceId: string },
): Promise<CopyState | null> {
  const image = await db.image.findUnique({
    where: { id: operation.resourceId },
    include: { locations: true },
  })
  if (image?.status !== 'active' && image?.status !== 'deactivated') return null
  const { locations, ...rest } = image
  const key = operationKey(image.id, operation.id)
  const targets = locations.filter((it) => it.status === 'copying' && it.key === key)
  return targets.length > 0
    ? { image: rest, sources: locations.filter(({ status }) => status === 'active'), targets }
    : null
}

/** Makes the locations that were filled usable, and drops the others, whose keys are gone. */
export const finishCopy = (ctx: Ctx, { image, targets }: CopyState, stores: readonly string[]) =>
  mutate(ctx, async (tx) => {
    for (const { imageId, store, key } of targets)
      if (stores.includes(store))
        await tx.db.imageLocation.updateMany({
          where: { imageId, store, key },
          data: { status: 'active' },
        })
      else await tx.db.imageLocation.deleteMany({ where: { imageId, store, key, status: 'copying' } })
    const current = await tx.db.image.findUnique({ where: { id: image.id }, include: imageParts })
    if (current && current.status !== 'deleted') imageChanged(tx, 'updated', current)
  })

/** Drops the locations of a copy that failed, whose keys are gone. */
export const failCopy = (ctx: Ctx, state: CopyState): Promise<void> => finishCopy(ctx, state, [])
