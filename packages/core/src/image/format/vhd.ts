import type { DiskFile } from './disk-file.ts'
import { plausible, refuseImage } from './refuse.ts'

const footerBytes = 512
const kinds = { fixed: 2, dynamic: 3 } as const

/** Checks a VHD, fixed or dynamic. @returns bytes of its disk @throws NephosError invalid_input */
export async function checkVhd(file: DiskFile): Promise<number> {
  const footer = await file.read(Math.max(0, file.size - footerBytes), footerBytes)
  if (footer.length < footerBytes || footer.toString('latin1', 0, 8) !== 'conectix')
    throw refuseImage('The VHD image is cut off: its footer is missing.')
  if (footer.readUInt32BE(64) !== checksum(footer, 64))
    throw refuseImage('The footer of the VHD image is damaged.')
  if (footer.readUInt32BE(12) >>> 16 !== 1) throw refuseImage('This version of VHD is not supported.')
  const size = plausible(footer.readBigUInt64BE(48), 'disk of the VHD image')
  const kind = footer.readUInt32BE(60)
  if (kind === kinds.fixed) {
    if (size > file.size - footerBytes) throw refuseImage('The VHD image is cut off.')
    return size
  }
  if (kind !== kinds.dynamic)
    throw refuseImage('The VHD image needs another file below it, or is of an unknown kind.')
  await checkDynamic(file, footer, size)
  return size
}

async function checkDynamic(file: DiskFile, footer: Buffer, size: number): Promise<void> {
  const start = await file.read(0, footerBytes)
  if (!start.subarray(0, 64).equals(footer.subarray(0, 64)))
    throw refuseImage('The VHD image begins and ends differently.')
  const at = plausible(footer.readBigUInt64BE(16), 'header of the VHD image')
  const header = await file.read(at, 1024)
  if (header.length < 1024 || header.toString('latin1', 0, 8) !== 'cxsparse')
    throw refuseImage('The header of the VHD image is missing.')
  if (header.readUInt32BE(36) !== checksum(header, 36))
    throw refuseImage('The header of the VHD image is damaged.')
  const names = header.subarray(64, 768)
  if (names.some((byte) => byte !== 0)) throw refuseImage('The VHD image names another file.')
  const block = header.readUInt32BE(32)
  const entries = header.readUInt32BE(28)
  if (block < 4096 || block > 2 ** 28 || (block & (block - 1)) !== 0)
    throw refuseImage('The blocks of the VHD image have an impossible size.')
  if (entries < Math.ceil(size / block)) throw refuseImage('The table of the VHD image is too small.')
  const table = plausible(header.readBigUInt64BE(16), 'table of the VHD image')
  if (table + entries * 4 > file.size) throw refuseImage('The VHD image is cut off: its table is missing.')
}

/** One's complement of the sum of all bytes but the checksum's own four. */
function checksum(bytes: Buffer, at: number): number {
  let sum = 0
  for (const [index, byte] of bytes.entries()) if (index < at || index >= at + 4) sum += byte
  return ~sum >>> 0
}
