import type { DiskFile } from './disk-file.ts'
import { plausible, refuseImage } from './refuse.ts'

const sector = 512
/** The grain directory stands at the end of the file, and a second header there says where. */
const atEnd = 0xffff_ffff_ffff_ffffn
const compressed = 0x10000
const mostDescriptorSectors = 20
const largestDirectory = 32 * 2 ** 20

/** VMDK files that are one file: what all others say would have a tool open further files. */
const alone = new Set(['monolithicsparse', 'streamoptimized'])

/**
 * Checks a VMDK of one file, sparse or stream-optimised.
 * @returns bytes of its disk
 * @throws NephosError invalid_input
 */
export async function checkVmdk(head: Buffer, file: DiskFile): Promise<number> {
  if (head.toString('latin1', 0, 4) !== 'KDMV')
    throw refuseImage('The VMDK image is only a description of other files, or of an old version.')
  const header = readHeader(head)
  await checkGrains(file, header, header.gdOffset === atEnd ? await footerOf(file, header) : header.gdOffset)
  const { descriptorAt, descriptorSectors } = header
  if (descriptorAt === 0n || descriptorSectors === 0n)
    throw refuseImage('The VMDK image does not say what it is made of.')
  if (descriptorSectors > mostDescriptorSectors)
    throw refuseImage('The description in the VMDK image is too long.')
  const at = plausible(descriptorAt, 'description of the VMDK image') * sector
  const bytes = await file.read(at, Number(descriptorSectors) * sector)
  if (bytes.length < Number(descriptorSectors) * sector) throw refuseImage('The VMDK image is cut off.')
  checkDescriptor(bytes)
  return header.capacity
}

type Header = ReturnType<typeof readHeader>

function readHeader(head: Buffer) {
  if (head.length < sector) throw refuseImage('The VMDK header is cut off.')
  const version = head.readUInt32LE(4)
  if (version < 1 || version > 3) throw refuseImage(`Version ${version} of VMDK is not supported.`)
  const flags = head.readUInt32LE(8)
  const algorithm = head.readUInt16LE(77)
  if (algorithm > 1 || (flags & compressed && algorithm !== 1))
    throw refuseImage('The VMDK image is compressed in a way that is not known.')
  // A sparse header without a size has a tool read the description, which may name any file.
  const sectors = head.readBigUInt64LE(12)
  if (sectors === 0n) throw refuseImage('The VMDK image is a disk of no size.')
  const grain = plausible(head.readBigUInt64LE(20), 'grain of the VMDK image')
  if (grain < 1 || grain > 131_072 || (grain & (grain - 1)) !== 0)
    throw refuseImage('The grains of the VMDK image have an impossible size.')
  const perTable = head.readUInt32LE(44)
  if (perTable < 1 || perTable > 512)
    throw refuseImage('The grain tables of the VMDK image have an impossible size.')
  return {
    capacity: plausible(sectors * BigInt(sector), 'disk of the VMDK image'),
    sectors,
    grain,
    perTable,
    gdOffset: head.readBigUInt64LE(56),
    descriptorAt: head.readBigUInt64LE(28),
    descriptorSectors: head.readBigUInt64LE(36),
  }
}

/** The last 1536 bytes: a marker, the header once more, and the end of the stream. @returns the place of its directory */
async function footerOf(file: DiskFile, first: Header): Promise<bigint> {
  const footer = await file.read(Math.max(0, file.size - 3 * sector), 3 * sector)
  const header = footer.subarray(sector, 2 * sector)
  if (header.length < sector || header.toString('latin1', 0, 4) !== 'KDMV')
    throw refuseImage('The VMDK image is cut off: its footer is missing.')
  const last = readHeader(header)
  if (last.sectors !== first.sectors || last.grain !== first.grain || last.perTable !== first.perTable)
    throw refuseImage('The two headers of the VMDK image differ.')
  return last.gdOffset
}

/** Every table and every grain has to be in the file: what is missing would be read as zeros. */
async function checkGrains(file: DiskFile, { sectors, grain, perTable }: Header, at: bigint): Promise<void> {
  const inside = (place: number, length: number) => place * sector + length <= file.size
  const tables = Math.ceil(Number(sectors) / (grain * perTable))
  if (tables * 4 > largestDirectory) throw refuseImage('The grain directory of the VMDK image is too large.')
  if (at === 0n || at > BigInt(file.size) || !inside(Number(at), tables * 4))
    throw refuseImage('The grain directory of the VMDK image is in an impossible place.')
  const directory = await file.read(Number(at) * sector, tables * 4)
  for (let table = 0; table < tables; table++) {
    const place = directory.readUInt32LE(table * 4)
    if (place === 0) continue
    if (!inside(place, perTable * 4))
      throw refuseImage('The VMDK image is cut off: a grain table is missing.')
    const grains = await file.read(place * sector, perTable * 4)
    for (let index = 0; index < perTable; index++)
      // 0 is a grain that was never written, 1 one of zeros.
      if (grains.readUInt32LE(index * 4) > 1 && !inside(grains.readUInt32LE(index * 4), 1))
        throw refuseImage('The VMDK image is cut off: parts of its disk are missing.')
  }
}

function checkDescriptor(bytes: Buffer): void {
  const end = bytes.indexOf(0)
  // latin1: a name may be in any encoding, what is looked for is ASCII.
  const text = bytes.toString('latin1', 0, end < 0 ? bytes.length : end)
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const valueIn = (name: string) => {
    const found = lines.filter((line) => line.toLowerCase().startsWith(`${name}=`))
    if (found.length > 1) throw refuseImage('The VMDK image says the same thing twice.')
    return found[0]
      ?.slice(name.length + 1)
      .replaceAll('"', '')
      .toLowerCase()
  }
  const type = valueIn('createtype')
  if (!type || !alone.has(type))
    throw refuseImage(`A VMDK image of the kind ${JSON.stringify(type ?? 'unknown')} is not one whole file.`)
  const parent = valueIn('parentcid')
  if ((parent !== undefined && parent !== 'ffffffff') || /parentfilenamehint/i.test(text))
    throw refuseImage('The VMDK image needs another file below it.')
  const extents = lines.filter((line) => /^(RW|RDONLY|NOACCESS)\b/i.test(line))
  if (extents.length !== 1 || !/^(RW|RDONLY)\s+\d+\s+SPARSE\s+"[^"/\\]*"$/i.test(extents[0]!))
    throw refuseImage('The VMDK image is made of other files.')
}
