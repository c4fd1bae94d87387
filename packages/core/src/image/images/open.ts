import type { Readable } from 'node:stream'
import {
  authorise,
  type Ctx,
  conflict,
  fromZod,
  isAdmin,
  NephosError,
  type Services,
} from '../../kernel/index.ts'
import type { ByteRange } from '../store/define.ts'
import { openAnywhere, readable, withLocations } from '../store/locations.ts'
import { imageId } from './fields.ts'
import { findImage, ownProject } from './find.ts'
import { type ImageRow, imageRow } from './row.ts'

/** An image's file, to be read as a stream. */
export interface ImageData {
  row: ImageRow & { size: number }
  /** Each call reads from the start, or the range. */
  open: (range?: ByteRange) => Promise<Readable>
}

/**
 * The file of an image, for download. Null while it has none.
 * @throws NephosError not_found, or forbidden while the image is deactivated, but for administrators
 */
export async function downloadImage({
  ctx,
  input,
}: {
  ctx: Ctx
  input: { id: string }
}): Promise<ImageData | null> {
  authorise(ctx, 'image.images.download', { scope: 'project', role: 'member' })
  const parsed = imageId.safeParse(input)
  if (!parsed.success) throw fromZod(parsed.error)
  const image = await findImage(ctx, parsed.data.id)
  if (image.status === 'deactivated' && !isAdmin(ctx.actor))
    throw new NephosError('forbidden', `Image ${image.name} is deactivated.`)
  if (image.status !== 'active' && image.status !== 'deactivated') return null
  const locations = await ctx.db.imageLocation.findMany({ where: { imageId: image.id } })
  if (readable(ctx.config, locations).length === 0) return null
  const row = imageRow(image, ownProject(ctx))
  return {
    row: { ...row, size: row.size ?? 0 },
    open: (range) => openAnywhere(ctx.config, locations, range),
  }
}

/** An image as a host copies it into its cache; the shape a compute driver takes. */
export interface HostImage {
  imageId: string
  sha512: string
  /** How QEMU must open it; it never guesses. An ISO is attached as it is. */
  format: 'qcow2' | 'raw'
  sizeBytes: number
  open: () => Promise<Readable>
}

/** The file of an active image, for the hosts. @throws NephosError not_found or conflict when it is not usable */
export async function openImageForHost(
  services: Pick<Services, 'db' | 'config'>,
  id: string,
): Promise<HostImage> {
  const image = await services.db.image.findUnique({ where: { id }, include: withLocations })
  if (!image || image.status === 'deleted')
    throw new NephosError('not_found', `Image ${id} was deleted.`, { detail: { noun: 'image', id } })
  // What was made from it before it was deactivated moves on to other hosts.
  const usable = image.status === 'active' || image.status === 'deactivated'
  if (!usable || !image.hashValue || image.size === null)
    throw conflict(`Image ${image.name} cannot be used: it is ${image.status}.`)
  return {
    imageId: id,
    sha512: image.hashValue,
    format: image.diskFormat === 'qcow2' ? 'qcow2' : 'raw',
    sizeBytes: Number(image.size),
    open: () => openAnywhere(services.config, image.locations),
  }
}
