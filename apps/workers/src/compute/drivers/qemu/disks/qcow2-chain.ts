import { constants, open } from 'node:fs/promises'
import { NephosError } from '@nephos/core/errors'
import { machineFiles } from '../command-line.ts'

/**
 * The root disk for qemu-img, relative to the machine's directory and with its whole chain spelled out: what the
 * header says of a backing file is never believed.
 */
export const rootChain = (baseFormat: 'qcow2' | 'raw'): string =>
  `json:${JSON.stringify({
    driver: 'qcow2',
    file: { driver: 'file', filename: machineFiles.disk },
    backing: {
      driver: baseFormat,
      'read-only': true,
      file: { driver: 'file', filename: machineFiles.base, 'read-only': true },
      ...(baseFormat === 'qcow2' && { backing: null }),
    },
  })}`

/** Bytes of the disk that a guest sees in a file. A link is not followed. @throws NephosError driver_failed */
export async function virtualSize(path: string, format: 'qcow2' | 'raw'): Promise<number> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    if (format === 'raw') return (await file.stat()).size
    const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0)
    if (bytesRead < 32 || buffer.toString('latin1', 0, 4) !== 'QFI\xfb')
      throw new NephosError('driver_failed', `${path.split('/').at(-1)} is no qcow2 image.`)
    return Number(buffer.readBigUInt64BE(24))
  } finally {
    await file.close()
  }
}
