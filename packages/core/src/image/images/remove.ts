import { type Ctx, mutate, returnQuota, type Services } from '../../kernel/index.ts'
import { withLocations } from '../store/locations.ts'
import { imageStore } from '../store/open-store.ts'

/** Removes the bytes of a deleted image from every store. Done again, or with the image gone, it does nothing. */
export async function removeImageFile(
  services: Pick<Services, 'db' | 'config'>,
  imageId: string,
): Promise<void> {
  const image = await services.db.image.findUnique({ where: { id: imageId }, include: withLocations })
  if (image?.status !== 'deleted') return
  for (const { store, key } of image.locations) await imageStore(services.config, store).delete(key)
}

/** Removes the row of a deleted image, whose file is gone, and gives its quota back. */
export const forgetImage = (ctx: Ctx, imageId: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const image = await tx.db.image.findUnique({ where: { id: imageId } })
    if (image?.status !== 'deleted') return
    const { count } = await tx.db.image.deleteMany({ where: { id: imageId, status: 'deleted' } })
    if (count === 1)
      await returnQuota(tx.db, image.projectId, { images: 1, image_bytes: Number(image.size ?? 0) })
  })
