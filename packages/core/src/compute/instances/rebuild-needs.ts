import type { Image, KeyPair } from '@nephos/db'
import { usableImages } from '../../image/images/find.ts'
import { type Ctx, invalid, reader, requireUser } from '../../kernel/index.ts'
import { requireMachine } from '../machine/require.ts'
import { checkImageFits } from './image-fits.ts'
import type { InstanceRecord } from './row.ts'
import { requireOwnRoot } from './volume-root.ts'

/**
 * Finds the image and the key pair that a rebuild names, and checks that the instance can be made from the image.
 * @throws NephosError invalid_input naming the field
 */
export async function findRebuildNeeds(
  ctx: Ctx,
  record: InstanceRecord,
  { imageId = record.imageId ?? undefined, keyName }: { imageId?: string; keyName?: string | null },
): Promise<{ image: Image; key: KeyPair | null }> {
  const db = reader(ctx)
  await requireOwnRoot(db, record.id, 'be rebuilt')
  const [image, key] = await Promise.all([
    imageId
      ? db.image.findFirst({
          where: {
            id: imageId,
            status: { not: 'deleted' },
            ...usableImages(record.projectId),
          },
        })
      : null,
    keyName
      ? db.keyPair.findUnique({ where: { userId_name: { userId: requireUser(ctx).userId, name: keyName } } })
      : null,
  ])
  if (!image)
    throw invalid(
      'imageId',
      imageId ? `No image ${imageId} was found.` : 'It is not known which image the instance was made from.',
      'Choose one of the listed images.',
    )
  checkImageFits(image, { ...record, name: record.flavorName }, 'imageId')
  const { vcpus, extraSpecs, hostId } = await db.instance.findUniqueOrThrow({
    where: { id: record.id },
    select: { vcpus: true, extraSpecs: true, hostId: true },
  })
  await requireMachine(db, { vcpus, extraSpecs }, image, hostId ? { id: hostId } : undefined)
  if (keyName && !key)
    throw invalid('keyName', `You have no key pair named ${keyName}.`, 'Create or import it first.')
  return { image, key }
}
