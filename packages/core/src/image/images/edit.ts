import type { Prisma } from '@nephos/db'
import { type Ctx, conflict, type MutationTx, mutate } from '../../kernel/index.ts'
import { findOwnImage, ownProject } from './find.ts'
import { type ImageRow, type ImageWithParts, imageChanged, imageParts, imageRow } from './row.ts'

/** What a change of an image writes: columns, and what is noted in the audit log. */
export interface ImageEdit {
  columns?: Prisma.ImageUpdateManyMutationInput
  detail?: Record<string, string | string[]>
}

/**
 * Changes an image of the actor's project in one transaction, tells everybody whom it concerns, and keeps it in the
 * audit log. `change` may write to other tables and returns null when there is nothing to change.
 * @throws NephosError not_found, forbidden, conflict when somebody else was faster
 */
export const editImage = (
  ctx: Ctx,
  verb: string,
  id: string,
  change: (image: ImageWithParts, tx: MutationTx) => Promise<ImageEdit | null> | ImageEdit | null,
): Promise<ImageRow> =>
  mutate(ctx, async (tx) => {
    const before = await findOwnImage(ctx, id, tx.db)
    const edit = await change(before, tx)
    if (!edit) return imageRow(before, ownProject(ctx))
    const { count } = await tx.db.image.updateMany({
      where: { id, generation: before.generation },
      data: { ...edit.columns, generation: { increment: 1 } },
    })
    if (count === 0)
      throw conflict(`Image ${before.name} was just changed by someone else.`, {
        remedy: 'Look at it again and repeat your change.',
      })
    const image = await tx.db.image.findUniqueOrThrow({ where: { id }, include: imageParts })
    tx.audit({
      verb,
      resourceType: 'image',
      resourceId: id,
      resourceName: image.name,
      projectId: image.projectId,
      detail: edit.detail,
    })
    imageChanged(tx, 'updated', image, before)
    return imageRow(image, ownProject(ctx))
  })
