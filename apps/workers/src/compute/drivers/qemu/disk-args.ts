import type { DiskLimits, MachineOptions } from '@nephos/core'

/** Node that a device reads and writes: above the disk itself when its speed is limited. */
const limitedNode = (disk: string): string => `${disk}-limited`

/**
 * Arguments that connect a disk to the machine, below the limits of its flavor.
 * @param disk name of the disk's block node, which must be there: `root`
 * @param device properties of the device: `id`, `serial`, `bootindex`
 */
export function diskArgs(
  disk: string,
  device: Readonly<Record<string, string | number>>,
  { diskBus, diskLimits }: Pick<MachineOptions, 'diskBus' | 'diskLimits'>,
): string[] {
  const node = diskLimits ? limitedNode(disk) : disk
  const properties = Object.entries({ ...device, drive: node }).map(([key, value]) => `${key}=${value}`)
  const driver = diskBus === 'scsi' ? 'scsi-hd,bus=scsi0.0' : 'virtio-blk-pci'
  return [
    ...(diskLimits ? limitArgs(disk, diskLimits) : []),
    ...['-device', [driver, ...properties].join(',')],
  ]
}

/** The controller that SCSI disks hang on; nothing for other disks. */
export const diskControllerArgs = ({ diskBus }: Pick<MachineOptions, 'diskBus'>): string[] =>
  diskBus === 'scsi' ? ['-device', 'virtio-scsi-pci,id=scsi0'] : []

/** QEMU's own throttling, as a filter above the disk. */
function limitArgs(disk: string, limits: DiskLimits): string[] {
  const group = `limits-${disk}`
  const values = {
    'bps-read': limits.readBytes,
    'bps-write': limits.writeBytes,
    'bps-total': limits.totalBytes,
    'iops-read': limits.readIops,
    'iops-write': limits.writeIops,
    'iops-total': limits.totalIops,
  }
  const set = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
  return [
    '-object',
    JSON.stringify({ 'qom-type': 'throttle-group', id: group, limits: set }),
    '-blockdev',
    JSON.stringify({
      driver: 'throttle',
      'node-name': limitedNode(disk),
      'throttle-group': group,
      file: disk,
    }),
  ]
}
