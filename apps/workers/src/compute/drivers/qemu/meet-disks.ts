import { stat } from 'node:fs/promises'
import { NephosError } from '@nephos/core/errors'
import { DiskStore } from '../disk-store.ts'
import type { InstancePaths } from './instance-paths.ts'
import { makeMachineDir } from './machine-dir.ts'
import type { QemuUser } from './user.ts'

/**
 * Readies a host for the disks of a machine that moves here: those that it sees it takes a part in. Where it was found
 * to see none it must have none, or it would write over the disks of the other host.
 * @throws NephosError driver_failed
 */
export async function meetDisks(
  instanceId: string,
  paths: InstancePaths,
  { sharedDisks, user, hostName }: { sharedDisks: boolean; user: QemuUser | null; hostName: string },
): Promise<void> {
  const others = paths.stored ? await DiskStore.of(paths.disks, hostName).others(instanceId) : []
  if (!sharedDisks) {
    if (others.length === 0) return
    throw new NephosError(
      'driver_failed',
      `The disks are in ${paths.disks} already, as those of ${others.join(', ')}; that this host sees them was not found out.`,
      { remedy: 'Give both hosts the same instances_directory, and move the instance again.' },
    )
  }
  if (others.length === 0 || !(await stat(paths.disk).catch(() => null)))
    throw new NephosError('driver_failed', `The disks of the other host are not in ${paths.disks} any more.`)
  await makeMachineDir(instanceId, paths, { user, hostName })
}
