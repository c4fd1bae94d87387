import type { MachineOptions } from '@nephos/core'

/**
 * Arguments that connect a disk to the machine.
 * @param disk name of the disk's block node, which must be there: `root`
 * @param device properties of the device: `id`, `serial`, `bootindex`
 */
export function diskArgs(
  disk: string,
  device: Readonly<Record<string, string | number>>,
  { diskBus }: Pick<MachineOptions, 'diskBus'>,
): string[] {
  const bus = diskBus === 'scsi' ? { bus: 'scsi0.0' } : {}
  const properties = Object.entries({ ...bus, ...device, drive: disk }).map(
    ([key, value]) => `${key}=${value}`,
  )
  const driver = diskBus === 'scsi' ? 'scsi-hd' : 'virtio-blk-pci'
  return ['-device', [driver, ...properties].join(',')]
}

/** The controller that SCSI disks hang on; nothing for other disks. */
export const diskControllerArgs = ({ diskBus }: Pick<MachineOptions, 'diskBus'>): string[] =>
  diskBus === 'scsi' ? ['-device', 'virtio-scsi-pci,id=scsi0'] : []
