/** Files of a rescue in the machine's directory. */
export const rescueFiles = { disk: 'rescue.qcow2', base: 'rescue-base' } as const

/**
 * What QEMU is told of the temporary disk (`-blockdev`). The whole chain is spelled out.
 * @param toDisks what stands before the names of files
 */
export function rescueNode(baseFormat: 'qcow2' | 'raw', toDisks = '') {
  const file = {
    driver: 'file',
    'read-only': true,
    filename: `${toDisks}${rescueFiles.base}`,
    aio: 'threads',
  }
  const base = { driver: baseFormat, 'read-only': true, 'node-name': 'rescue-base', file }
  return {
    driver: 'qcow2',
    'node-name': 'rescue',
    discard: 'unmap',
    'detect-zeroes': 'unmap',
    file: { driver: 'file', filename: `${toDisks}${rescueFiles.disk}`, aio: 'threads', discard: 'unmap' },
    backing: baseFormat === 'qcow2' ? { ...base, backing: null } : base,
  }
}
