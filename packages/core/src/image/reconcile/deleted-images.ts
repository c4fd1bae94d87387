import { type Services, systemCtx } from '../../kernel/index.ts'
import { forgetImage, removeImageFile } from '../images/remove.ts'

/** How long the operation of a delete has before it is helped out. */
const graceMs = 10 * 60_000

/** Finishes deletes whose operation was lost or failed. @returns how many */
export async function finishDeletes(services: Services, { now = new Date() } = {}): Promise<number> {
  const stuck = await services.db.image.findMany({
    where: { status: 'deleted', updatedAt: { lt: new Date(now.getTime() - graceMs) } },
    select: { id: true },
    take: 100,
  })
  const ctx = systemCtx(services, 'image-deletes')
  let count = 0
  for (const { id } of stuck)
    try {
      await removeImageFile(services, id)
      await forgetImage(ctx, id)
      count++
    } catch (err) {
      // One store that is away does not keep the images of others.
      services.log.warn({ err, imageId: id }, 'a deleted image could not be removed')
    }
  return count
}
