/** Where a file format shows itself: `bytes` at `offset` from the start. */
interface Signature {
  format: string
  /** As people call it, for the refusal. */
  words: string
  offset: number
  bytes: Buffer
  /** Compressed or packed files must be unpacked, other disk formats converted. */
  packed?: true
}

const ascii = (text: string) => Buffer.from(text, 'latin1')
const hex = (digits: string) => Buffer.from(digits, 'hex')

/** What can be told apart from a raw disk. Only qcow2 and ISO images of these may be used. */
export const signatures: readonly Signature[] = [
  { format: 'qcow2', words: 'a qcow2 image', offset: 0, bytes: hex('514649fb') },
  { format: 'iso', words: 'an ISO image', offset: 32_769, bytes: ascii('CD001') },
  { format: 'vmdk', words: 'a VMDK image', offset: 0, bytes: ascii('KDMV') },
  { format: 'vmdk', words: 'a VMDK image', offset: 0, bytes: ascii('COWD') },
  { format: 'vmdk', words: 'a VMDK descriptor', offset: 0, bytes: ascii('# Disk DescriptorFile') },
  { format: 'vhd', words: 'a VHD image', offset: 0, bytes: ascii('conectix') },
  { format: 'vhdx', words: 'a VHDX image', offset: 0, bytes: ascii('vhdxfile') },
  { format: 'vdi', words: 'a VDI image', offset: 64, bytes: hex('7f10dabe') },
  { format: 'qed', words: 'a QED image', offset: 0, bytes: ascii('QED\0') },
  { format: 'luks', words: 'an encrypted LUKS volume', offset: 0, bytes: hex('4c554b53babe') },
  { format: 'ploop', words: 'a Parallels image', offset: 0, bytes: ascii('WithoutFreeSpace') },
  { format: 'ploop', words: 'a Parallels image', offset: 0, bytes: ascii('WithouFreSpacExt') },
  { format: 'gzip', words: 'a gzip file', offset: 0, bytes: hex('1f8b'), packed: true },
  { format: 'xz', words: 'an xz file', offset: 0, bytes: hex('fd377a585a00'), packed: true },
  { format: 'bzip2', words: 'a bzip2 file', offset: 0, bytes: ascii('BZh'), packed: true },
  { format: 'zstd', words: 'a zstd file', offset: 0, bytes: hex('28b52ffd'), packed: true },
  { format: 'lz4', words: 'an lz4 file', offset: 0, bytes: hex('04224d18'), packed: true },
  { format: 'zip', words: 'a zip file', offset: 0, bytes: hex('504b0304'), packed: true },
  { format: '7z', words: 'a 7z file', offset: 0, bytes: hex('377abcaf271c'), packed: true },
  { format: 'tar', words: 'a tar or OVA file', offset: 257, bytes: ascii('ustar'), packed: true },
]

/** Formats that show themselves only in the last 512 bytes. */
export const tailSignatures: readonly Signature[] = [
  { format: 'vhd', words: 'a VHD image', offset: 0, bytes: ascii('conectix') },
  { format: 'dmg', words: 'a DMG image', offset: 0, bytes: ascii('koly') },
]

/** Every signature that the bytes carry. */
export const matches = (bytes: Buffer, among: readonly Signature[]): Signature[] =>
  among.filter((it) => bytes.subarray(it.offset, it.offset + it.bytes.length).equals(it.bytes))
