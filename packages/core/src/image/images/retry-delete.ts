import { notFound } from '../../kernel/index.ts'
import type { RetryHandler } from '../../operation/retry-handler.ts'

/** Removes what is left of a deleted image once more. */
export const retryImageDelete: RetryHandler = async (_ctx, tx, operation) => {
  const image = await tx.db.image.findFirst({
    where: { id: operation.resourceId, status: 'deleted' },
    select: { id: true },
  })
  if (!image) throw notFound('image', operation.resourceId)
  tx.job('image.delete', { operationId: operation.id, imageId: image.id })
}
