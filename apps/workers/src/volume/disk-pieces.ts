import type { DiskPiece, DiskReader, VolumeSource } from './driver.ts'

const longest = 4 * 1024 ** 2

/** What a disk holds, in order; what holds nothing is not asked for. */
async function* diskPieces(reader: DiskReader): AsyncGenerator<DiskPiece> {
  for await (const { offset, length } of reader.extents()) {
    const end = Math.min(offset + length, reader.sizeBytes)
    for (let at = offset; at < end; at += longest)
      yield { offset: at, bytes: await reader.read(at, Math.min(longest, end - at)) }
  }
}

/** What another disk holds as the source of a new volume. */
export const piecesFrom = (open: () => Promise<DiskReader>): VolumeSource => ({
  kind: 'pieces',
  pieces: async function* () {
    const reader = await open()
    try {
      yield* diskPieces(reader)
    } finally {
      await reader.close()
    }
  },
})
