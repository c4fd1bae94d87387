import type { Readable } from 'node:stream'
import { authorise, type Ctx, conflict, fromZod, NephosError, type Services } from '../../kernel/index.ts'
import type { ByteRange } from '../store/define.ts'
import { resolveLocation } from '../store/open-store.ts'
import { imageId } from './fields.ts'
import { findImage } from './find.ts'
import { type ImageRow, imageRow } from './row.ts'

/** An image's file, to be read as a stream. */
export interface ImageData {
  row: ImageRow & { size: number }
  /** Each call reads from the start, or the range. */
  open: (range?: ByteRange) => Promise<Readable>
}

/**
 * The file of an image, for download. Null while it has none.
 * @throws NephosError not_found, or forbidden while the image is deactivated
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
  if (image.status === 'deactivated')
    throw new NephosError('forbidden', `Image ${image.name} is deactivated.`)
  if (image.status !== 'active' || !image.location) return null
  const { store, key } = resolveLocation(ctx.config, image.location)
  const row = imageRow(image)
  return { row: { ...row, size: row.size ?? 0 }, open: (range) => store.open(key, range) }
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
  const image = await services.db.image.findUnique({ where: { id } })
  if (!image || image.status === 'deleted')
    throw new NephosError('not_found', `Image ${id} was deleted.`, { detail: { noun: 'image', id } })
  if (image.status !== 'active' || !image.location || !image.hashValue || image.size === null)
    throw conflict(`Image ${image.name} cannot be used: it is ${image.status}.`)
  const { store, key } = resolveLocation(services.config, image.location)
  return {
    imageId: id,
    sha512: image.hashValue,
    format: image.diskFormat === 'qcow2' ? 'qcow2' : 'raw',
    sizeBytes: Number(image.size),
    open: () => store.open(key),
  }
}
