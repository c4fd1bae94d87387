import type { DiskFile } from './disk-file.ts'
import { plausible, refuseImage } from './refuse.ts'

const headerBytes = 512
const dynamic = 1
const fixed = 2

/** Checks a VDI that stands alone. @returns bytes of its disk @throws NephosError invalid_input */
export function checkVdi(head: Buffer, file: DiskFile): number {
  if (head.length < headerBytes) throw refuseImage('The VDI header is cut off.')
  if (head.readUInt32LE(68) !== 0x0001_0001) throw refuseImage('This version of VDI is not supported.')
  const kind = head.readUInt32LE(76)
  if (kind !== dynamic && kind !== fixed)
    throw refuseImage('The VDI image needs another file below it, or is of an unknown kind.')
  // The links to the file and the state below it, each a UUID.
  if (head.subarray(424, 456).some((byte) => byte !== 0))
    throw refuseImage('The VDI image needs another file below it.')
  if (head.readUInt32LE(360) !== 512 || head.readUInt32LE(376) !== 2 ** 20)
    throw refuseImage('The blocks of the VDI image have an impossible size.')
  const size = plausible(head.readBigUInt64LE(368), 'disk of the VDI image')
  const blocks = head.readUInt32LE(384)
  if (blocks < Math.ceil(size / 2 ** 20)) throw refuseImage('The table of the VDI image is too small.')
  const [table, data] = [head.readUInt32LE(340), head.readUInt32LE(344)]
  if (table < headerBytes || table % 512 !== 0 || table + blocks * 4 > data || data > file.size)
    throw refuseImage('The table of the VDI image is in an impossible place.')
  if (data + head.readUInt32LE(388) * 2 ** 20 > file.size) throw refuseImage('The VDI image is cut off.')
  return size
}
