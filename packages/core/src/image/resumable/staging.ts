import { open, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import type { NephosConfig } from '@nephos/config'
import { stagedFile } from '../uploads/staging.ts'

/** Where the parts of an upload are gathered until its file is whole. */
export const gatheredFile = (config: Pick<NephosConfig, 'home'>, imageId: string, uploadId: string): string =>
  `${stagedFile(config, imageId)}.${uploadId}`

/** Bytes gathered so far. */
export const gatheredSize = async (path: string): Promise<number> =>
  (await stat(path).catch(() => null))?.size ?? 0

/** The end of what was gathered, to see whether a file is the same one. */
export interface GatheredCheck {
  start: number
  length: number
  crc32: number
}

const checked = 1_048_576

/** The checksum of the last MiB before `offset`; null when nothing was gathered. */
export async function checkOf(path: string, offset: number): Promise<GatheredCheck | null> {
  if (offset === 0) return null
  const length = Math.min(checked, offset)
  const file = await open(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    const { bytesRead } = await file.read(bytes, 0, length, offset - length)
    return { start: offset - length, length, crc32: crc32(bytes.subarray(0, bytesRead)) }
  } finally {
    await file.close()
  }
}
