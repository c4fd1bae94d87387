import { invalid } from '../../kernel/index.ts'

/** What a checked qcow2 header says. Sizes and offsets in bytes. */
export interface Qcow2Header {
  version: 2 | 3
  clusterSize: number
  virtualSize: number
  l1Offset: number
  l1Entries: number
}

const tib = 2 ** 40
const largestVirtualSize = 64 * tib
const largestL1Bytes = 32 * 2 ** 20
const largestRefcountTable = 8 * 2 ** 20
const mostSnapshots = 65_536

/** Incompatible features that are harmless: dirty refcounts, compression type, extended L2 entries. */
const harmlessBits = 0x1n | 0x8n | 0x10n
const corruptBit = 0x2n
const externalDataBit = 0x4n

const backingFormatExtension = 0xe2792aca
const externalDataExtension = 0x44415441
const encryptionExtension = 0x0537be77

const refuse = (
  message: string,
  remedy = 'Make a clean copy: qemu-img convert -O qcow2 SOURCE image.qcow2',
) => invalid('file', message, remedy)

/**
 * Checks a qcow2 header before anything else looks at the file: it must stand alone (no backing file, no external
 * data), use only features that are known, not be encrypted, and have plausible numbers.
 * @throws NephosError invalid_input saying which rule the file breaks
 */
export function checkQcow2(head: Buffer): Qcow2Header {
  if (head.length < 72) throw refuse('The qcow2 header is cut off.')
  const version = head.readUInt32BE(4)
  if (version !== 2 && version !== 3) throw refuse(`Version ${version} of the qcow format is not supported.`)
  if (version === 3 && head.length < 104) throw refuse('The qcow2 header is cut off.')

  if (head.readBigUInt64BE(8) !== 0n || head.readUInt32BE(16) !== 0)
    throw refuse(
      'The qcow2 image needs a backing file.',
      'Merge it into one file first: qemu-img convert -O qcow2 SOURCE image.qcow2',
    )
  if (version === 3) checkFeatures(head.readBigUInt64BE(72))
  if (head.readUInt32BE(32) !== 0) throw refuse('The qcow2 image is encrypted.')

  const clusterBits = head.readUInt32BE(20)
  if (clusterBits < 9 || clusterBits > 21)
    throw refuse(`The qcow2 image has clusters of 2^${clusterBits} bytes, which is not possible.`)
  const clusterSize = 2 ** clusterBits
  const virtualSize = head.readBigUInt64BE(24)
  if (virtualSize === 0n) throw refuse('The qcow2 image is a disk of no size.')
  if (virtualSize > BigInt(largestVirtualSize))
    throw refuse(`The qcow2 image claims to be a disk of more than ${largestVirtualSize / tib} TiB.`)

  const header: Qcow2Header = {
    version,
    clusterSize,
    virtualSize: Number(virtualSize),
    l1Offset: offsetOf(head, 40, clusterSize, 'L1 table'),
    l1Entries: head.readUInt32BE(36),
  }
  checkTables(head, header)
  if (version === 3) checkExtensions(head, clusterSize)
  return header
}

function checkFeatures(incompatible: bigint): void {
  if (incompatible & externalDataBit) throw refuse('The qcow2 image keeps its data in another file.')
  if (incompatible & corruptBit) throw refuse('The qcow2 image is marked as corrupt.')
  const unknown = incompatible & ~(harmlessBits | corruptBit | externalDataBit)
  if (unknown) throw refuse(`The qcow2 image uses features that are not known (0x${unknown.toString(16)}).`)
}

function offsetOf(head: Buffer, at: number, clusterSize: number, what: string): number {
  const offset = head.readBigUInt64BE(at)
  if (offset > BigInt(Number.MAX_SAFE_INTEGER) || offset % BigInt(clusterSize) !== 0n || offset === 0n)
    throw refuse(`The ${what} of the qcow2 image is in an impossible place.`)
  return Number(offset)
}

function checkTables(head: Buffer, { version, clusterSize, virtualSize, l1Entries }: Qcow2Header): void {
  const extended = version === 3 && (head.readBigUInt64BE(72) & 0x10n) !== 0n
  const clustersPerTable = clusterSize / (extended ? 16 : 8)
  const needed = Math.ceil(virtualSize / (clusterSize * clustersPerTable))
  if (l1Entries < needed) throw refuse('The L1 table of the qcow2 image is too small for its disk.')
  if (l1Entries * 8 > largestL1Bytes) throw refuse('The L1 table of the qcow2 image is too large.')
  offsetOf(head, 48, clusterSize, 'refcount table')
  const refcountBytes = head.readUInt32BE(56) * clusterSize
  if (refcountBytes === 0 || refcountBytes > largestRefcountTable)
    throw refuse('The refcount table of the qcow2 image has an impossible size.')
  if (version === 3 && head.readUInt32BE(96) > 6)
    throw refuse('The refcounts of the qcow2 image have an impossible width.')
  const snapshots = head.readUInt32BE(60)
  if (snapshots > mostSnapshots) throw refuse(`The qcow2 image claims to have ${snapshots} snapshots.`)
  if (snapshots > 0) offsetOf(head, 64, clusterSize, 'snapshot table')
}

function checkExtensions(head: Buffer, clusterSize: number): void {
  const end = Math.min(clusterSize, head.length)
  const length = head.readUInt32BE(100)
  if (length < 104 || length % 8 !== 0 || length > end)
    throw refuse('The qcow2 header has an impossible length.')
  for (let at = length; at + 8 <= end; ) {
    const kind = head.readUInt32BE(at)
    const size = head.readUInt32BE(at + 4)
    if (kind === 0) return
    if (kind === externalDataExtension) throw refuse('The qcow2 image names an external data file.')
    if (kind === encryptionExtension) throw refuse('The qcow2 image is encrypted.')
    if (kind === backingFormatExtension) throw refuse('The qcow2 image names the format of a backing file.')
    at += 8 + Math.ceil(size / 8) * 8
    if (at > end) throw refuse('A header extension of the qcow2 image is too long.')
  }
}

const l1OffsetMask = 0x00ff_ffff_ffff_fe00n
const l1ReservedMask = 0x7f00_0000_0000_01ffn

/**
 * Checks the L1 table of a stored image: every entry points at a whole place inside the file.
 * @param fileSize bytes that were stored
 * @param table the table's bytes, in pieces of any length
 * @throws NephosError invalid_input
 */
export async function checkL1(
  { clusterSize, l1Offset, l1Entries }: Qcow2Header,
  fileSize: number,
  table: (range: { start: number; end: number }) => Promise<AsyncIterable<Buffer>>,
): Promise<void> {
  const bytes = l1Entries * 8
  if (l1Offset + bytes > fileSize) throw refuse('The qcow2 image is cut off: its L1 table is missing.')
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of await table({ start: l1Offset, end: l1Offset + bytes - 1 })) {
    const entries = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
    const whole = entries.length - (entries.length % 8)
    for (let at = 0; at < whole; at += 8) {
      const entry = entries.readBigUInt64BE(at)
      const offset = entry & l1OffsetMask
      if (entry & l1ReservedMask || offset % BigInt(clusterSize) !== 0n)
        throw refuse('The L1 table of the qcow2 image is damaged.')
      if (offset >= BigInt(fileSize))
        throw refuse('The qcow2 image is cut off: parts of its disk are missing.')
    }
    rest = entries.subarray(whole)
  }
}
