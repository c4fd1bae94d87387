import { NephosError } from '@nephos/core/errors'
import type { DiskPiece, VolumeWork } from '../../driver.ts'
import type { NbdClient } from './nbd-client.ts'

const blockBytes = 1_048_576
const zeroes = Buffer.alloc(blockBytes)

/**
 * Writes what a disk holds onto an empty one. Blocks of zeroes are left out.
 * @throws NephosError driver_failed when there is more than fits; cancelled
 */
export async function fill(
  client: NbdClient,
  pieces: AsyncIterable<DiskPiece>,
  { signal, onProgress }: VolumeWork,
): Promise<void> {
  for await (const { offset, bytes } of pieces) {
    if (signal.aborted)
      throw new NephosError('cancelled', 'The copy was cancelled.', { cause: signal.reason })
    if (offset + bytes.length > client.sizeBytes)
      throw new NephosError('driver_failed', 'There are more bytes than the volume has.')
    for (let at = 0; at < bytes.length; at += blockBytes) {
      const block = bytes.subarray(at, at + blockBytes)
      if (!block.equals(zeroes.subarray(0, block.length))) await client.write(offset + at, block)
    }
    onProgress(offset + bytes.length, client.sizeBytes)
  }
  await client.flush()
}
