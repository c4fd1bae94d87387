import { randomBytes } from 'node:crypto'

const page = 4096
const labelLength = 16

/**
 * The first page of a Linux swap area, which makes the rest of a disk one.
 * @param bytes size of the disk; what is beyond the last whole page is not used
 */
export function swapHeader(bytes: number, label = 'swap0'): Buffer {
  const header = Buffer.alloc(page)
  header.writeUInt32LE(1, 1024)
  header.writeUInt32LE(Math.floor(bytes / page) - 1, 1028)
  const uuid = randomBytes(16)
  uuid[6] = (uuid[6]! & 0x0f) | 0x40
  uuid[8] = (uuid[8]! & 0x3f) | 0x80
  uuid.copy(header, 1036)
  header.write(label.slice(0, labelLength - 1), 1052, 'latin1')
  header.write('SWAPSPACE2', page - 10, 'latin1')
  return header
}
