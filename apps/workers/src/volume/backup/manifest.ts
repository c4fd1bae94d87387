import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'

const squeeze = promisify(gzip)
const expand = promisify(gunzip)
const mib = 1024 ** 2
/** A manifest has at most so many chunks: it is held in memory. */
const mostChunks = 2 ** 18
const largestManifest = 256 * mib

/**
 * One chunk that holds something: its number, which of the sources has it, the object there, where it begins in the
 * object, how many bytes it takes there, whether they are gzip, and the SHA-256 of the chunk itself.
 */
const chunk = z.tuple([
  z.number().int().min(0),
  z.number().int().min(0),
  z.number().int().min(0),
  z.number().int().min(0),
  z.number().int().min(1),
  z.boolean(),
  z.string().length(64),
])
export type Chunk = z.infer<typeof chunk>

const manifestSchema = z.object({
  version: z.literal(1),
  /** Bytes of the disk as its back end stores it: of an encrypted volume more than its size. */
  sizeBytes: z.number().int().min(0),
  chunkBytes: z.number().int().min(1),
  /** Ids of the backups whose objects are used. */
  sources: z.array(z.uuid()),
  /** In the order of the disk; what is missing is zero. */
  chunks: z.array(chunk).max(mostChunks),
})
/** What a backup consists of, its parents' parts included: with the objects it names it can be read by itself. */
export type Manifest = z.infer<typeof manifestSchema>

/** Bytes of the chunks that a disk is cut into: 1 MiB, and more where there would be too many. */
export function chunkSizeOf(sizeBytes: number): number {
  let bytes = mib
  while (sizeBytes / bytes > mostChunks) bytes *= 2
  return bytes
}

/** SHA-256 over the digests of all chunks and where they belong. */
export function checksumOf({ sizeBytes, chunkBytes, chunks }: Manifest): string {
  const hash = createHash('sha256').update(`${sizeBytes} ${chunkBytes}\n`)
  for (const [index, , , , , , digest] of chunks) hash.update(`${index} ${digest}\n`)
  return hash.digest('hex')
}

/** The manifest as it is stored: JSON, gzipped. */
export const packManifest = (manifest: Manifest): Promise<Buffer> => squeeze(JSON.stringify(manifest))

/** @throws NephosError driver_failed when it is not what was stored */
export async function unpackManifest(bytes: Buffer, checksum: string | null): Promise<Manifest> {
  let read: unknown
  try {
    read = JSON.parse((await expand(bytes, { maxOutputLength: largestManifest })).toString())
  } catch (cause) {
    throw damaged('its list of contents cannot be read', cause)
  }
  const { data, error } = manifestSchema.safeParse(read)
  if (!data) throw damaged('its list of contents is none', error)
  const inOrder = data.chunks.every(
    ([index, source], place) =>
      index * data.chunkBytes < data.sizeBytes &&
      source < data.sources.length &&
      (place === 0 || data.chunks[place - 1]![0] < index),
  )
  if (!inOrder) throw damaged('its list of contents is not in order')
  if (checksum !== null && checksumOf(data) !== checksum)
    throw damaged('its list of contents is not what was stored')
  return data
}

/** What is said when a backup is not what was stored. */
export const damaged = (what: string, cause?: unknown): NephosError =>
  new NephosError('driver_failed', `The backup is damaged: ${what}.`, {
    remedy: 'Restore another backup of the volume.',
    cause,
  })
