import { conflict, notFound } from '../../kernel/index.ts'
import type { RetryHandler } from '../../operation/retry-handler.ts'
import { imageChanged, imageParts } from '../images/row.ts'
import { importTaskSchema, operationKey } from './task.ts'

/** Fetches the file of an image once more. What was staged is gone with the first attempt. */
export const retryImageImport: RetryHandler = async (_ctx, tx, operation) => {
  const image = await tx.db.image.findFirst({
    where: { id: operation.resourceId, status: { not: 'deleted' } },
  })
  if (!image) throw notFound('image', operation.resourceId)
  const task = importTaskSchema.parse({ ...(operation.input as object), operationId: operation.id })
  if (task.method !== 'web-download')
    throw conflict('What was uploaded is gone.', { remedy: 'Upload the file again and import it.' })
  const { count } = await tx.db.image.updateMany({
    where: { id: image.id, status: 'queued', generation: image.generation },
    data: {
      status: 'importing',
      importTask: JSON.parse(JSON.stringify(task)),
      failure: null,
      uploadedBytes: 0,
      generation: { increment: 1 },
    },
  })
  if (count === 0) throw conflict(`Image ${image.name} is ${image.status} by now.`)
  tx.job('image.import', { operationId: operation.id, imageId: image.id })
  imageChanged(
    tx,
    'updated',
    await tx.db.image.findUniqueOrThrow({ where: { id: image.id }, include: imageParts }),
  )
}

/** Copies an image to the stores once more that do not have it. */
export const retryImageCopy: RetryHandler = async (_ctx, tx, operation) => {
  const image = await tx.db.image.findFirst({
    where: { id: operation.resourceId, status: 'active' },
    include: { locations: true },
  })
  if (!image) throw notFound('image', operation.resourceId)
  const { stores } = operation.input as { stores: string[] }
  const missing = stores.filter((store) => !image.locations.some((it) => it.store === store))
  if (missing.length === 0) throw conflict(`Image ${image.name} is in ${stores.join(', ')} already.`)
  const key = operationKey(image.id, operation.id)
  await tx.db.imageLocation.createMany({
    data: missing.map((store) => ({ imageId: image.id, store, key, status: 'copying' })),
  })
  tx.job('image.copy', { operationId: operation.id, imageId: image.id })
}
