import { invalid } from '../../kernel/index.ts'
import { detectFormat, headBytes, type ImportFormat, tailBytes } from './detect.ts'
import type { DiskFile } from './disk-file.ts'
import { checkL1, checkQcow2 } from './qcow2.ts'
import { matches, tailSignatures } from './signatures.ts'
import { checkVdi } from './vdi.ts'
import { checkVhd } from './vhd.ts'
import { checkVhdx } from './vhdx.ts'
import { checkVmdk } from './vmdk.ts'

/** What a file is. Sizes in bytes. */
export interface Inspected {
  format: ImportFormat
  /** Bytes of the disk that a guest sees. */
  virtualSize: number
}

/** Largest disk that anything here is made for. */
const largestVirtualSize = 64 * 2 ** 40

/**
 * Decides what a whole file is, and refuses it unless it stands alone, names no other file and has plausible numbers.
 * Nothing but these bytes is read; no tool has seen the file before.
 * @throws NephosError invalid_input saying which rule the file breaks
 */
export async function inspect(file: DiskFile): Promise<Inspected> {
  if (file.size === 0) throw invalid('file', 'The file is empty.', 'Choose a disk image.')
  const head = await file.read(0, headBytes)
  const tail = await file.read(Math.max(0, file.size - tailBytes), tailBytes)
  const format = formatOf(head, tail)
  const virtualSize = await virtualSizeOf(format, head, file)
  if (virtualSize < 1 || virtualSize > largestVirtualSize)
    throw invalid(
      'file',
      `The image claims to be a disk of ${virtualSize} bytes, which is not possible here.`,
      'Choose a disk image of at most 64 TiB.',
    )
  return { format, virtualSize }
}

function formatOf(head: Buffer, tail: Buffer): ImportFormat {
  const atStart = detectFormat(head, 'any')
  const [atEnd] = matches(tail, tailSignatures)
  if (!atEnd || atEnd.format === atStart) return atStart
  if (atStart !== 'raw')
    throw invalid(
      'file',
      `The file begins as ${atStart} and ends as ${atEnd.words}.`,
      'Choose an image that is one format only.',
    )
  if (atEnd.format === 'vhd') return 'vhd'
  throw invalid(
    'file',
    `The file is ${atEnd.words}, which cannot be used here.`,
    'Convert it to qcow2 first.',
  )
}

async function virtualSizeOf(format: ImportFormat, head: Buffer, file: DiskFile): Promise<number> {
  switch (format) {
    case 'qcow2': {
      const header = checkQcow2(head)
      await checkL1(header, file.size, async ({ start, end }) => pieces(file, start, end))
      return header.virtualSize
    }
    case 'vmdk':
      return checkVmdk(head, file)
    case 'vhd':
      return checkVhd(file)
    case 'vhdx':
      return checkVhdx(file)
    case 'vdi':
      return checkVdi(head, file)
    default:
      return file.size
  }
}

async function* pieces(file: DiskFile, start: number, end: number): AsyncIterable<Buffer> {
  for (let at = start; at <= end; at += 65_536) yield file.read(at, Math.min(65_536, end + 1 - at))
}
