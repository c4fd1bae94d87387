import type { DiskFile } from './disk-file.ts'
import { plausible, refuseImage } from './refuse.ts'

const kib = 1024
const regionTableAt = 192 * kib
const tableBytes = 64 * kib

/** GUIDs as they lie in the file. */
const guids = {
  metadata: '06a27c8b90479a4bb8fe575f050f886e',
  table: '6677c22d23f600429d64115e9bfd4a08',
  parameters: '3767a1ca36fa434db3b633f0aa44e76b',
  size: '2442a52f1bcd7648b2115dbed83bf4b8',
  parent: '2d5fd3a80bb34d45abf7d3d84834ab0c',
} as const

const hasParent = 2

/** Checks a VHDX that stands alone. @returns bytes of its disk @throws NephosError invalid_input */
export async function checkVhdx(file: DiskFile): Promise<number> {
  const regions = await file.read(regionTableAt, tableBytes)
  if (regions.length < tableBytes || regions.toString('latin1', 0, 4) !== 'regi')
    throw refuseImage('The region table of the VHDX image is missing.')
  const count = regions.readUInt32LE(8)
  if (count > 2047) throw refuseImage('The region table of the VHDX image is damaged.')
  let metadata: { at: number; length: number } | null = null
  for (let index = 0; index < count; index++) {
    const entry = regions.subarray(16 + index * 32, 48 + index * 32)
    const guid = entry.toString('hex', 0, 16)
    if (guid === guids.metadata)
      metadata = {
        at: plausible(entry.readBigUInt64LE(16), 'metadata of the VHDX image'),
        length: entry.readUInt32LE(24),
      }
    else if (guid !== guids.table && entry.readUInt32LE(28) & 1)
      throw refuseImage('The VHDX image needs something that is not known.')
  }
  if (!metadata || metadata.length < tableBytes) throw refuseImage('The VHDX image has no metadata.')
  return readMetadata(file, metadata.at, metadata.length)
}

async function readMetadata(file: DiskFile, at: number, length: number): Promise<number> {
  const table = await file.read(at, tableBytes)
  if (table.length < tableBytes || table.toString('latin1', 0, 8) !== 'metadata')
    throw refuseImage('The metadata of the VHDX image is missing.')
  const count = table.readUInt16LE(10)
  if (count > 2047) throw refuseImage('The metadata of the VHDX image is damaged.')
  const items = new Map<string, Buffer>()
  for (let index = 0; index < count; index++) {
    const entry = table.subarray(32 + index * 32, 64 + index * 32)
    const [offset, bytes] = [entry.readUInt32LE(16), entry.readUInt32LE(20)]
    if (offset + bytes > length) throw refuseImage('The metadata of the VHDX image is damaged.')
    items.set(entry.toString('hex', 0, 16), await file.read(at + offset, Math.min(bytes, 64)))
  }
  const parameters = items.get(guids.parameters)
  const size = items.get(guids.size)
  if (!parameters || parameters.length < 8 || !size || size.length < 8)
    throw refuseImage('The VHDX image does not say how large its disk is.')
  if (items.has(guids.parent) || parameters.readUInt32LE(4) & hasParent)
    throw refuseImage('The VHDX image needs another file below it.')
  const block = parameters.readUInt32LE(0)
  if (block < 2 ** 20 || block > 2 ** 28 || (block & (block - 1)) !== 0)
    throw refuseImage('The blocks of the VHDX image have an impossible size.')
  return plausible(size.readBigUInt64LE(0), 'disk of the VHDX image')
}
