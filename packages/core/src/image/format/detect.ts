import { invalid, type NephosError } from '../../kernel/index.ts'
import { matches, signatures, tailSignatures } from './signatures.ts'

/** Disk formats that a machine can start from. */
export const usableFormats = ['qcow2', 'raw', 'iso'] as const
export type DiskFormat = (typeof usableFormats)[number]

/** Disk formats that an import converts. */
export const convertedFormats = ['vmdk', 'vhd', 'vhdx', 'vdi'] as const
/** Disk formats that an image may be declared to be. */
export const importFormats = [...usableFormats, ...convertedFormats] as const
export type ImportFormat = (typeof importFormats)[number]

/** Whether a format has to be converted before a machine can start from it. */
export const isConverted = (format: string): boolean => convertedFormats.some((it) => it === format)

/** Bytes of a file's start that {@link detectFormat} wants to see (fewer when the file is smaller). */
export const headBytes = 131_072
/** Bytes of a file's end that {@link checkTail} wants to see. */
export const tailBytes = 512

/**
 * Decides what a file is by its first bytes alone; what no signature claims is raw. Nothing is opened or followed.
 * @throws NephosError invalid_input for a format that must be converted or unpacked first, or for a file that is two
 * formats at once
 */
export function detectFormat(head: Buffer): DiskFormat
/** @param accepted also formats that can be converted */
export function detectFormat(head: Buffer, accepted: 'any'): ImportFormat
export function detectFormat(head: Buffer, accepted: 'usable' | 'any' = 'usable'): ImportFormat {
  const found = matches(head, signatures)
  const formats = new Set(found.map((it) => it.format))
  const [first] = found
  if (!first) return 'raw'
  if (formats.size > 1)
    throw invalid(
      'file',
      `The file claims to be ${found.map((it) => it.words).join(' and ')} at the same time.`,
      'Upload an image that is one format only.',
    )
  const allowed = accepted === 'any' ? importFormats : usableFormats
  const format = allowed.find((it) => it === first.format)
  if (format) return format
  throw first.packed
    ? invalid('file', `The file is ${first.words}.`, 'Unpack it and upload the disk image inside.')
    : mustConvert(first.words)
}

/** Refuses what only the end of a file gives away. @throws NephosError invalid_input */
export function checkTail(tail: Buffer): void {
  const [found] = matches(tail, tailSignatures)
  if (found) throw mustConvert(found.words)
}

const mustConvert = (words: string): NephosError =>
  invalid(
    'file',
    `The file is ${words}, which machines here cannot start from.`,
    'Declare its format, or import it, and it is converted here; or convert it yourself: qemu-img convert -O qcow2 SOURCE image.qcow2',
  )

/** Refuses a file that is not what was declared. An ISO is also a valid raw disk. @throws NephosError invalid_input */
export function checkDeclared(declared: string, detected: ImportFormat): void {
  if (declared === '' || declared === detected || (declared === 'raw' && detected === 'iso')) return
  throw invalid(
    'diskFormat',
    `The image was declared as ${declared}, but the file is ${detected}.`,
    `Declare the format as ${detected}, or leave it out.`,
  )
}
