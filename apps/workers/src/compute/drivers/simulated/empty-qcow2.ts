const clusterBits = 16
const cluster = 2 ** clusterBits
/** An extension of the header that nobody else knows: readers pass over it. */
const noteExtension = 0x4e657068

/**
 * A qcow2 file (version 3) of a disk that holds nothing: header, refcounts and an empty L1 table.
 * @param bytes size of the disk, at most 4 TiB
 * @param note kept in the header, so that copies of different disks differ
 */
export function emptyQcow2(bytes: number, note: string): Buffer {
  const image = Buffer.alloc(4 * cluster)
  image.write('QFI\xfb', 0, 'latin1')
  image.writeUInt32BE(3, 4)
  image.writeUInt32BE(clusterBits, 20)
  image.writeBigUInt64BE(BigInt(bytes), 24)
  const perTable = cluster * (cluster / 8)
  image.writeUInt32BE(Math.ceil(bytes / perTable), 36)
  image.writeBigUInt64BE(BigInt(3 * cluster), 40)
  image.writeBigUInt64BE(BigInt(cluster), 48)
  image.writeUInt32BE(1, 56)
  // 16-bit refcounts.
  image.writeUInt32BE(4, 96)
  image.writeUInt32BE(104, 100)
  const words = Buffer.from(note).subarray(0, 4_096)
  image.writeUInt32BE(noteExtension, 104)
  image.writeUInt32BE(words.length, 108)
  words.copy(image, 112)
  image.writeBigUInt64BE(BigInt(2 * cluster), cluster)
  for (let index = 0; index < 4; index++) image.writeUInt16BE(1, 2 * cluster + index * 2)
  return image
}
