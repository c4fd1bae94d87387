import type { DiskExtent, DiskReader } from './driver.ts'

const clusterBits = 16
const cluster = 2 ** clusterBits
/** Entries of 8 bytes that one cluster holds. */
const entries = cluster / 8
/** Clusters that one block of 16-bit reference counts tells of. */
const counted = cluster / 2
const copied = 1n << 63n
const headerLength = 104

/** A run of clusters of the disk, [first, last). */
interface Run {
  first: number
  last: number
}

/** A qcow2 file that is written from its beginning to its end, whose size is known before. */
export interface Qcow2Stream {
  /** Bytes of the file. */
  size: number
  bytes: () => AsyncGenerator<Buffer>
}

const clustersOf = (bytes: number) => Math.ceil(bytes / cluster)

/**
 * The disk as a qcow2 file that stands alone (version 3, clusters of 64 KiB, no backing file): what holds nothing takes
 * no place in it. The reader must not change while it is read.
 */
export async function qcow2Stream(reader: DiskReader): Promise<Qcow2Stream> {
  const runs = await runsOf(reader.extents(), clustersOf(reader.sizeBytes))
  const data = runs.reduce((sum, { first, last }) => sum + last - first, 0)
  const tables = tablesOf(runs)
  const l1Entries = Math.max(1, Math.ceil(clustersOf(reader.sizeBytes) / entries))
  const l1 = clustersOf(l1Entries * 8)
  let blocks = 1
  let refTable = 1
  const total = () => 1 + refTable + blocks + l1 + tables.length + data
  while (blocks < Math.ceil(total() / counted) || refTable < clustersOf(blocks * 8)) {
    blocks = Math.ceil(total() / counted)
    refTable = clustersOf(blocks * 8)
  }
  const at = { refTable: 1, blocks: 1 + refTable, l1: 1 + refTable + blocks }
  const firstTable = at.l1 + l1
  const firstData = firstTable + tables.length
  const clusters = firstData + data

  async function* bytes(): AsyncGenerator<Buffer> {
    yield header(reader.sizeBytes, l1Entries, at.l1, at.refTable, refTable)
    yield pointers(refTable, (index) => (index < blocks ? BigInt((at.blocks + index) * cluster) : 0n))
    for (let block = 0; block < blocks; block++) {
      const counts = Buffer.alloc(cluster)
      for (let index = 0; index < counted && block * counted + index < clusters; index++)
        counts.writeUInt16BE(1, index * 2)
      yield counts
    }
    const places = new Map(
      tables.map((table, index) => [table, BigInt((firstTable + index) * cluster) | copied]),
    )
    yield pointers(l1, (index) => places.get(index) ?? 0n)
    let next = firstData
    let from = 0
    for (const table of tables) {
      const base = table * entries
      const buffer = Buffer.alloc(cluster)
      while (runs[from]!.last <= base) from++
      for (let at = from; at < runs.length; at++) {
        const { first, last } = runs[at]!
        if (first >= base + entries) break
        for (let index = Math.max(first, base); index < Math.min(last, base + entries); index++)
          buffer.writeBigUInt64BE(BigInt(next++ * cluster) | copied, (index - base) * 8)
      }
      yield buffer
    }
    for (const { first, last } of runs)
      for (let index = first; index < last; ) {
        const count = Math.min(32, last - index)
        yield await readClusters(reader, index, count)
        index += count
      }
  }
  return { size: clusters * cluster, bytes }
}

/** Whole clusters; the disk may end within the last one. */
async function readClusters(reader: DiskReader, first: number, count: number): Promise<Buffer> {
  const whole = Buffer.alloc(count * cluster)
  const end = Math.min(reader.sizeBytes, (first + count) * cluster)
  let offset = first * cluster
  while (offset < end) {
    const piece = await reader.read(offset, end - offset)
    piece.copy(whole, offset - first * cluster)
    offset += piece.length
  }
  return whole
}

/** The extents as runs of clusters that do not touch. */
async function runsOf(extents: AsyncIterable<DiskExtent>, clusters: number): Promise<Run[]> {
  const runs: Run[] = []
  for await (const { offset, length } of extents) {
    if (length === 0) continue
    const first = Math.floor(offset / cluster)
    const last = Math.min(clusters, clustersOf(offset + length))
    const before = runs.at(-1)
    if (before && first <= before.last) before.last = Math.max(before.last, last)
    else if (first < last) runs.push({ first, last })
  }
  return runs
}

/** Which tables of the second level there are. */
function tablesOf(runs: readonly Run[]): number[] {
  const tables = new Set<number>()
  for (const { first, last } of runs)
    for (let table = Math.floor(first / entries); table <= Math.floor((last - 1) / entries); table++)
      tables.add(table)
  return [...tables].sort((a, b) => a - b)
}

function header(
  sizeBytes: number,
  l1Entries: number,
  l1: number,
  refTable: number,
  refClusters: number,
): Buffer {
  const bytes = Buffer.alloc(cluster)
  bytes.write('QFI\xfb', 0, 'latin1')
  bytes.writeUInt32BE(3, 4)
  bytes.writeUInt32BE(clusterBits, 20)
  bytes.writeBigUInt64BE(BigInt(sizeBytes), 24)
  bytes.writeUInt32BE(l1Entries, 36)
  bytes.writeBigUInt64BE(BigInt(l1 * cluster), 40)
  bytes.writeBigUInt64BE(BigInt(refTable * cluster), 48)
  bytes.writeUInt32BE(refClusters, 56)
  // Reference counts of 2^4 bits.
  bytes.writeUInt32BE(4, 96)
  bytes.writeUInt32BE(headerLength, 100)
  return bytes
}

function pointers(clusters: number, at: (index: number) => bigint): Buffer {
  const bytes = Buffer.alloc(clusters * cluster)
  for (let index = 0; index < clusters * entries; index++) {
    const value = at(index)
    if (value !== 0n) bytes.writeBigUInt64BE(value, index * 8)
  }
  return bytes
}
