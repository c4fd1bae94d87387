import { link, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import type { MachineSpec } from '../../driver.ts'
import { runHostCommand } from './host-command.ts'
import type { InstancePaths } from './instance-paths.ts'
import { rescueFiles } from './rescue-node.ts'
import { virtualSize } from './root-disk.ts'
import { becomeUser, type QemuUser } from './user.ts'

const limits = ['prlimit', '--as=2147483648', '--cpu=30', '--core=0']
const gib = 1024 ** 3

/**
 * Makes the temporary disk that a rescued machine boots from: a copy-on-write disk over the cached rescue image, as
 * large as the instance's own. What an earlier rescue left is lost.
 * @throws NephosError driver_failed
 */
export async function createRescueDisk(
  spec: MachineSpec,
  paths: InstancePaths,
  basePath: string,
  user: QemuUser | null,
): Promise<void> {
  if (!spec.rescue) throw new NephosError('driver_failed', 'No rescue image was named.')
  await removeRescueDisk(paths)
  const base = join(paths.disks, rescueFiles.base)
  await link(basePath, base).catch((cause) => {
    throw new NephosError('driver_failed', `The cached image is not usable: ${cause.message}`, { cause })
  })
  const bytes = Math.max(await virtualSize(base, spec.rescue.format), spec.diskGib * gib)
  const part = `${rescueFiles.disk}.part`
  await runHostCommand(
    [
      ...becomeUser(user),
      ...limits,
      ...['qemu-img', 'create', '-q', '-u', '-f', 'qcow2', '-F', spec.rescue.format],
      ...['-b', rescueFiles.base, part, String(bytes)],
    ],
    { cwd: paths.disks },
  )
  await rename(join(paths.disks, part), join(paths.disks, rescueFiles.disk))
}

/** Removes the temporary disk. Nothing happens when there is none. */
export async function removeRescueDisk({ disks }: InstancePaths): Promise<void> {
  for (const name of [rescueFiles.disk, `${rescueFiles.disk}.part`, rescueFiles.base])
    await rm(join(disks, name), { force: true })
}
