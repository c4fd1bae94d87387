import type { Db, Image, Tx } from '@nephos/db'
import { usableImages } from '../../image/images/find.ts'
import { type Ctx, invalid, isAdmin, requireProject } from '../../kernel/index.ts'
import type { CreateInstanceInput } from './create-input.ts'
import type { NewInstanceVolume } from './volume-input.ts'

/** What a new instance boots from, and what that says of its machine. */
export interface BootSource {
  /** The image; for a volume that is made from one, that image. Null: a volume. */
  image: Image | null
  /** Its root disk is a volume. */
  fromVolume: boolean
  name: string
  properties: Image['properties']
}

/** The volume that a new instance boots from. */
export const bootVolumeOf = ({
  volumes,
}: Pick<CreateInstanceInput, 'volumes'>): NewInstanceVolume | undefined =>
  volumes.find(({ bootIndex }) => bootIndex === 0)

const properties = (value: unknown) => (value ?? {}) as Record<string, string>

/**
 * Finds what a new instance boots from: the image, or the volume whose place in the order of booting is 0.
 * @throws NephosError invalid_input naming the field
 */
export async function findBootSource(
  ctx: Ctx,
  db: Db | Tx,
  input: Pick<CreateInstanceInput, 'imageId' | 'volumes'>,
): Promise<BootSource> {
  const boot = bootVolumeOf(input)
  const { id: projectId } = requireProject(ctx)
  const imageId = boot?.imageId ?? (boot ? null : input.imageId)
  if (!boot && !imageId)
    throw invalid(
      'imageId',
      'Choose an image, or a volume to boot from.',
      'A volume to boot from has bootIndex 0.',
    )
  if (boot && input.imageId && boot.imageId !== input.imageId)
    throw invalid(
      'imageId',
      'The instance boots from a volume.',
      'Name the image with the volume, or leave it out.',
    )
  if (imageId) {
    const image = await db.image.findFirst({
      where: { id: imageId, ...usableImages(projectId) },
    })
    const field = boot ? `volumes.${input.volumes.indexOf(boot)}.imageId` : 'imageId'
    if (!image) throw invalid(field, `No image ${imageId} was found.`, 'Choose one of the listed images.')
    return { image, fromVolume: boot !== undefined, name: image.name, properties: image.properties }
  }
  return bootVolume(ctx, db, boot!, input.volumes.indexOf(boot!))
}

async function bootVolume(
  ctx: Ctx,
  db: Db | Tx,
  { volumeId, snapshotId }: NewInstanceVolume,
  index: number,
): Promise<BootSource> {
  const mine = isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }
  const select = { name: true, bootable: true, imageProperties: true } as const
  const volume = volumeId
    ? await db.volume.findFirst({ where: { id: volumeId, ...mine }, select })
    : snapshotId
      ? (
          await db.volumeSnapshot.findFirst({
            where: { id: snapshotId, ...mine },
            select: { volume: { select } },
          })
        )?.volume
      : null
  const field = `volumes.${index}.${volumeId ? 'volumeId' : snapshotId ? 'snapshotId' : 'bootIndex'}`
  if (!volumeId && !snapshotId)
    throw invalid(field, 'Nothing boots from an empty volume.', 'Make it from an image or a snapshot.')
  if (!volume)
    throw invalid(field, `No ${volumeId ? 'volume' : 'snapshot'} ${volumeId ?? snapshotId} was found.`)
  if (!volume.bootable)
    throw invalid(
      field,
      `The volume ${volume.name || volumeId} is not bootable.`,
      'Mark it as bootable first.',
    )
  return {
    image: null,
    fromVolume: true,
    name: properties(volume.imageProperties).image_name ?? '',
    properties: properties(volume.imageProperties),
  }
}
