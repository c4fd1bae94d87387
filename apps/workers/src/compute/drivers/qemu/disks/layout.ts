import type { MachineSpec } from '../../../driver.ts'

/** Files of the disks beside the root disk, in the machine's directory. */
export const diskFiles = {
  ephemeral: 'ephemeral.qcow2',
  swap: 'swap.qcow2',
  config: 'config.iso',
} as const

/** A disk of a machine beside its root disk. */
export interface MoreDisk {
  /** Name of its block node; the device is `disk-` and this. */
  node: 'ephemeral' | 'swap' | 'config'
  file: string
  readOnly: boolean
  /** By which the guest finds it below /dev/disk/by-id. */
  serial: string
}

/**
 * The disks of a machine beside its root disk, in the order in which the guest sees them: vdb, vdc and so on. They lie
 * over nothing.
 */
export function moreDisks(spec: Pick<MachineSpec, 'ephemeralGib' | 'swapMib' | 'configDrive'>): MoreDisk[] {
  const { ephemeralGib = 0, swapMib = 0, configDrive = false } = spec
  return [
    ...(ephemeralGib > 0
      ? [{ node: 'ephemeral', file: diskFiles.ephemeral, readOnly: false, serial: 'ephemeral0' } as const]
      : []),
    ...(swapMib > 0
      ? [{ node: 'swap', file: diskFiles.swap, readOnly: false, serial: 'swap0' } as const]
      : []),
    ...(configDrive
      ? [{ node: 'config', file: diskFiles.config, readOnly: true, serial: 'config-2' } as const]
      : []),
  ]
}

/** What QEMU is told of such a disk (`-blockdev`). @param toDisks what stands before the name of its file */
export const moreDiskNode = ({ node, file, readOnly }: MoreDisk, toDisks = '') => {
  const writable = { discard: 'unmap' }
  return {
    ...(readOnly
      ? { driver: 'raw' }
      : { driver: 'qcow2', backing: null, 'detect-zeroes': 'unmap', ...writable }),
    'node-name': node,
    'read-only': readOnly,
    file: {
      driver: 'file',
      filename: `${toDisks}${file}`,
      aio: 'threads',
      'read-only': readOnly,
      ...(!readOnly && writable),
    },
  }
}
