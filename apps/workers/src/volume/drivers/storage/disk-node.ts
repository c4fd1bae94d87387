import { volumeFiles } from './paths.ts'

/** Format of what a volume's own disk lies over; null: nothing. */
export type BaseFormat = 'qcow2' | 'raw' | null

/** Name of a volume's disk among the nodes of whoever serves it. */
export const diskNodeName = 'disk'

/**
 * The disk of a volume with all that it lies over spelled out, as QEMU's programs take it: what its header says of a
 * backing file is never believed, and no format is ever guessed. Names are relative to the volume's `data`.
 * @param readOnly nobody writes
 * @param shared others may write meanwhile: only for snapshots, which do not change
 */
export function diskNode(
  base: BaseFormat,
  { readOnly = false, shared = false }: { readOnly?: boolean; shared?: boolean } = {},
) {
  return {
    driver: 'qcow2',
    ...(readOnly
      ? { 'read-only': true }
      : { discard: 'unmap', 'detect-zeroes': 'unmap', 'read-only': false }),
    ...(shared && { 'force-share': true }),
    file: {
      driver: 'file',
      filename: volumeFiles.disk,
      ...(readOnly ? { 'read-only': true } : { discard: 'unmap' }),
    },
    backing: base && {
      driver: base,
      'read-only': true,
      file: { driver: 'file', filename: volumeFiles.base(base), 'read-only': true },
      ...(base === 'qcow2' && { backing: null }),
    },
  }
}

/** A node as QEMU's programs take it in place of a file's name. */
export const asFileName = (node: object): string => `json:${JSON.stringify(node)}`
