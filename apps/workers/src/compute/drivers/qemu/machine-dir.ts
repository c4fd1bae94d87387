import { chmod, chown, mkdir, readlink, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { DiskStore } from '../disk-store.ts'
import { disksLink, type InstancePaths, instancePaths } from './instance-paths.ts'
import type { QemuUser } from './user.ts'

/** Where a host has its machines. */
export interface MachinePlaces {
  /** Directory of this host alone: sockets, logs, notes. */
  instancesDir: string
  /** Where new disks are made; null: beside the rest, in the host's own directory. */
  store: DiskStore | null
  hostName: string
}

/**
 * Where a machine is. Disks that were made in the host's own directory stay there when the host is given another one,
 * and the other way round.
 */
export async function findPaths(
  { instancesDir, store }: Pick<MachinePlaces, 'instancesDir' | 'store'>,
  instanceId: string,
): Promise<InstancePaths> {
  const own = instancePaths(instancesDir, instanceId)
  const linked = await readlink(join(own.vm, disksLink)).catch(() => null)
  if (linked !== null) return instancePaths(instancesDir, instanceId, linked)
  if (!store || (await exists(own.disk))) return own
  return instancePaths(instancesDir, instanceId, store.disks(instanceId))
}

/** Makes the directories of a machine, and takes a part in its disks where they are stored elsewhere. */
export async function makeMachineDir(
  instanceId: string,
  paths: InstancePaths,
  { user, hostName }: { user: QemuUser | null; hostName: string },
): Promise<void> {
  await mkdir(paths.vm, { recursive: true, mode: 0o700 })
  await chmod(paths.dir, 0o711)
  await chmod(paths.vm, 0o700)
  if (user) await chown(paths.vm, user.uid, user.gid)
  if (!paths.stored) return
  await DiskStore.of(paths.disks, hostName).claim(instanceId)
  await mkdir(paths.disks, { recursive: true, mode: 0o700 })
  if (user) await chown(paths.disks, user.uid, user.gid)
  await symlink(paths.disks, join(paths.vm, disksLink)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

/**
 * Removes what a host has of a machine; disks that are stored elsewhere with the last host that has a part in them.
 * @param keepDisks keeps this host's part in those
 */
export async function removeMachineDir(
  instanceId: string,
  paths: InstancePaths,
  { hostName, keepDisks }: { hostName: string; keepDisks: boolean },
): Promise<void> {
  await rm(paths.dir, { recursive: true, force: true })
  if (paths.stored && !keepDisks) await DiskStore.of(paths.disks, hostName).release(instanceId)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
