/** A file of an ISO 9660 image: its path, with slashes, and its bytes. */
export interface IsoFile {
  path: string
  body: Uint8Array
}

const sector = 2048
/** The first sectors belong to whatever boots from a disc. */
const systemSectors = 16

interface Directory {
  name: string
  parent: Directory
  /** In the order of the path table; 1 is the root. */
  number: number
  directories: Directory[]
  files: { name: string; body: Uint8Array; at: number }[]
  /** First sector, in the tree that is being written. */
  at: number
}

/** How names are written: in capitals as ISO 9660 has them, or in UCS-2 as Joliet does. */
interface Naming {
  of: (name: string, kind: 'file' | 'directory') => Buffer
  escape: string
  type: number
}

const plain: Naming = {
  type: 1,
  escape: '',
  of: (name, kind) => {
    const capitals = name.toUpperCase().replaceAll(/[^A-Z0-9_.]/g, '_')
    if (kind === 'directory') return Buffer.from(capitals.replaceAll('.', '_'), 'latin1')
    return Buffer.from(`${capitals}${capitals.includes('.') ? '' : '.'};1`, 'latin1')
  },
}
const joliet: Naming = {
  type: 2,
  escape: '%/E',
  of: (name) => Buffer.from(name, 'utf16le').swap16(),
}

/**
 * Makes an ISO 9660 image with long names (Joliet) of a few files. A pure function, so that the same files give the
 * same bytes.
 * @param label volume label, at most 16 characters of ASCII
 * @param date what every file and the volume are dated
 */
export function isoImage(label: string, files: readonly IsoFile[], date: Date): Buffer {
  const directories = tree(files)
  const trees = [plain, joliet].map((naming) => ({ naming, table: pathTable(directories, naming) }))
  const parts: { at: number; bytes: Buffer }[] = []
  let next = systemSectors + 3
  const put = (bytes: Buffer): number => {
    const at = next
    parts.push({ at, bytes })
    next += Math.ceil(bytes.length / sector)
    return at
  }
  for (const { files } of directories) for (const file of files) file.at = put(Buffer.from(file.body))
  const volumes = trees.map(({ naming, table }) => {
    // Where directories are is known once all have their place; only then can they name each other.
    for (const directory of directories) directory.at = put(Buffer.alloc(directorySize(directory, naming)))
    for (const directory of directories)
      parts.find(({ at }) => at === directory.at)!.bytes = directoryBytes(directory, naming, date)
    const little = put(table('little'))
    const big = put(table('big'))
    return { naming, root: directories[0]!.at, little, big, tableSize: table('little').length }
  })
  const root = directories[0]!
  const image = Buffer.alloc(next * sector)
  for (const { at, bytes } of parts) bytes.copy(image, at * sector)
  for (const [index, volume] of volumes.entries())
    descriptor({ ...volume, label, date, sectors: next, rootSize: directorySize(root, volume.naming) }).copy(
      image,
      (systemSectors + index) * sector,
    )
  Buffer.from('\xffCD001\x01', 'latin1').copy(image, (systemSectors + 2) * sector)
  return image
}

/** Every directory, each after its parent and level by level, as the path table wants them. */
function tree(files: readonly IsoFile[]): Directory[] {
  const root: Directory = { name: '', number: 1, directories: [], files: [], at: 0 } as unknown as Directory
  root.parent = root
  for (const { path, body } of files) {
    const names = path.split('/')
    const name = names.pop()!
    const place = names.reduce((parent, part) => {
      const found = parent.directories.find((directory) => directory.name === part)
      if (found) return found
      const made: Directory = { name: part, parent, number: 0, directories: [], files: [], at: 0 }
      parent.directories.push(made)
      return made
    }, root)
    place.files.push({ name, body, at: 0 })
  }
  const all = [root]
  // Grows while it is walked through.
  for (const directory of all) {
    directory.directories.sort((a, b) => (a.name < b.name ? -1 : 1))
    directory.files.sort((a, b) => (a.name < b.name ? -1 : 1))
    all.push(...directory.directories)
  }
  for (const [index, directory] of all.entries()) directory.number = index + 1
  return all
}

function pathTable(directories: readonly Directory[], naming: Naming) {
  return (order: 'little' | 'big'): Buffer =>
    Buffer.concat(
      directories.map((directory) => {
        const name = directory.number === 1 ? Buffer.alloc(1) : naming.of(directory.name, 'directory')
        const record = Buffer.alloc(8 + name.length + (name.length % 2))
        record[0] = name.length
        if (order === 'little') {
          record.writeUInt32LE(directory.at, 2)
          record.writeUInt16LE(directory.parent.number, 6)
        } else {
          record.writeUInt32BE(directory.at, 2)
          record.writeUInt16BE(directory.parent.number, 6)
        }
        name.copy(record, 8)
        return record
      }),
    )
}

function entriesOf(directory: Directory, naming: Naming) {
  const named = [
    ...directory.directories.map(({ name, ...other }) => ({
      name: naming.of(name, 'directory'),
      at: other.at,
      size: directorySize(directory.directories.find((child) => child.name === name)!, naming),
      folder: true,
    })),
    ...directory.files.map(({ name, at, body }) => ({
      name: naming.of(name, 'file'),
      at,
      size: body.length,
      folder: false,
    })),
  ]
  return named.sort((a, b) => Buffer.compare(a.name, b.name))
}

const recordLength = (name: number): number => 33 + name + (name % 2 === 0 ? 1 : 0)

/** Bytes of a directory: no record crosses the border of a sector. */
function directorySize(directory: Directory, naming: Naming): number {
  const lengths = [
    recordLength(1),
    recordLength(1),
    ...directory.directories.map(({ name }) => recordLength(naming.of(name, 'directory').length)),
    ...directory.files.map(({ name }) => recordLength(naming.of(name, 'file').length)),
  ]
  // Records are sorted by name, so the worst case is taken: each sector may lose as much as one record.
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const most = Math.max(...lengths)
  return Math.ceil(total / (sector - most)) * sector
}

function directoryBytes(directory: Directory, naming: Naming, date: Date): Buffer {
  const own = { at: directory.at, size: directorySize(directory, naming), folder: true }
  const parent = { at: directory.parent.at, size: directorySize(directory.parent, naming), folder: true }
  const bytes = Buffer.alloc(own.size)
  let at = 0
  for (const entry of [
    { ...own, name: Buffer.from([0]) },
    { ...parent, name: Buffer.from([1]) },
    ...entriesOf(directory, naming),
  ]) {
    const length = recordLength(entry.name.length)
    if ((at % sector) + length > sector) at = Math.ceil(at / sector) * sector
    record(entry, date).copy(bytes, at)
    at += length
  }
  return bytes
}

interface Entry {
  name: Buffer
  at: number
  size: number
  folder: boolean
}

function record({ name, at, size, folder }: Entry, date: Date): Buffer {
  const bytes = Buffer.alloc(recordLength(name.length))
  bytes[0] = bytes.length
  both32(bytes, 2, at)
  both32(bytes, 10, size)
  bytes.set(
    [
      date.getUTCFullYear() - 1900,
      date.getUTCMonth() + 1,
      date.getUTCDate(),
      date.getUTCHours(),
      date.getUTCMinutes(),
      date.getUTCSeconds(),
      0,
    ],
    18,
  )
  bytes[25] = folder ? 2 : 0
  both16(bytes, 28, 1)
  bytes[32] = name.length
  name.copy(bytes, 33)
  return bytes
}

function descriptor(volume: {
  naming: Naming
  label: string
  date: Date
  sectors: number
  root: number
  rootSize: number
  little: number
  big: number
  tableSize: number
}): Buffer {
  const { naming } = volume
  const wide = naming === joliet
  const bytes = Buffer.alloc(sector)
  bytes[0] = naming.type
  bytes.write('CD001\x01', 1, 'latin1')
  const text = (at: number, length: number, value = '') =>
    wide
      ? Buffer.from(value.padEnd(Math.floor(length / 2)), 'utf16le')
          .swap16()
          .copy(bytes, at, 0, length)
      : bytes.write(value.padEnd(length), at, length, 'latin1')
  text(8, 32)
  text(40, 32, volume.label)
  both32(bytes, 80, volume.sectors)
  bytes.write(naming.escape, 88, 'latin1')
  both16(bytes, 120, 1)
  both16(bytes, 124, 1)
  both16(bytes, 128, sector)
  both32(bytes, 132, volume.tableSize)
  bytes.writeUInt32LE(volume.little, 140)
  bytes.writeUInt32BE(volume.big, 148)
  record({ name: Buffer.from([0]), at: volume.root, size: volume.rootSize, folder: true }, volume.date).copy(
    bytes,
    156,
  )
  for (const [at, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const)
    text(at, length)
  const stamp = `${volume.date.toISOString().replaceAll(/\D/g, '').slice(0, 14)}00`
  const never = '0'.repeat(16)
  for (const [index, when] of [stamp, stamp, never, never].entries())
    bytes.write(when, 813 + index * 17, 'latin1')
  bytes[881] = 1
  return bytes
}

/** Both byte orders, one after the other, as most numbers of ISO 9660 are. */
function both32(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value, at)
  bytes.writeUInt32BE(value, at + 4)
}

function both16(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt16LE(value, at)
  bytes.writeUInt16BE(value, at + 2)
}
