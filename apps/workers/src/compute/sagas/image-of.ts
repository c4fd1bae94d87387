import { NephosError, type Services } from '@nephos/core'
import { z } from 'zod'
import type { BaseImage } from '../driver.ts'

export type ImageKey = Pick<BaseImage, 'imageId' | 'sha512' | 'format'>

/** What the step `cache-image` leaves: enough to start the machine again after the image was deleted. */
export const cachedImage = z.object({
  imageId: z.string(),
  sha512: z.string(),
  format: z.enum(['qcow2', 'raw']),
})

/** The same of an instance whose root disk may be a volume: then null. */
export const rootImage = cachedImage.nullable().default(null)

/**
 * The image below an instance's disk. It may have been deleted since; the host still has it, under the key that the
 * instance (or, for an older one, its creation) recorded. Null: a volume is its root disk.
 * @throws NephosError not_found when nobody knows it any more
 */
export async function imageOf(
  { db }: Pick<Services, 'db'>,
  instanceId: string,
  imageId: string | null,
): Promise<ImageKey | null> {
  const instance = await db.instance.findUnique({ where: { id: instanceId }, select: { base: true } })
  const base = cachedImage.safeParse(instance?.base)
  if (base.success) return base.data
  if (instance && imageId === null) return null
  const image = imageId ? await db.image.findUnique({ where: { id: imageId } }) : null
  if (image?.hashValue)
    return {
      imageId: image.id,
      sha512: image.hashValue,
      format: image.diskFormat === 'qcow2' ? 'qcow2' : 'raw',
    }
  const step = await db.operationStep.findFirst({
    where: {
      name: 'cache-image',
      status: 'done',
      operation: { resourceType: 'instance', resourceId: instanceId, kind: 'instance-create' },
    },
    orderBy: { startedAt: 'desc' },
    select: { output: true },
  })
  const cached = cachedImage.safeParse(step?.output)
  if (cached.success) return cached.data
  throw new NephosError('not_found', 'The image that the disk of the instance is based on was deleted.', {
    detail: { noun: 'image', id: imageId },
  })
}
