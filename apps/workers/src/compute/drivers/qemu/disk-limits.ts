import type { DiskLimits } from '@nephos/core'
import { z } from 'zod'
import type { QmpClient } from './qmp-client.ts'

const blockDevices = z.array(
  z.object({ qdev: z.string().optional(), inserted: z.object({ ro: z.boolean() }).optional() }),
)

/**
 * Limits the speed of every disk that a machine can write; again, when it is asked again. The limit is the device's,
 * not a node above the disk: copies and moves of disks want the disk itself to be what the device has.
 * @throws NephosError driver_failed
 */
export async function limitDisks(qmp: Pick<QmpClient, 'execute'>, limits: DiskLimits | null): Promise<void> {
  if (!limits) return
  const found = blockDevices.parse(await qmp.execute('query-block'))
  for (const { qdev = '', inserted } of found) {
    // A SCSI disk is named by its id; a virtio disk is a part of its card, and is named by its path.
    if (!/^(\/machine\/peripheral\/)?disk-/.test(qdev) || !inserted || inserted.ro) continue
    await qmp.execute('block_set_io_throttle', {
      id: qdev,
      bps: limits.totalBytes ?? 0,
      bps_rd: limits.readBytes ?? 0,
      bps_wr: limits.writeBytes ?? 0,
      iops: limits.totalIops ?? 0,
      iops_rd: limits.readIops ?? 0,
      iops_wr: limits.writeIops ?? 0,
    })
  }
}
