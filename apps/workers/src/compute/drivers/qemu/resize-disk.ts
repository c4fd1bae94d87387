import { machineFiles } from './command-line.ts'
import { runHostCommand } from './host-command.ts'
import type { InstancePaths } from './instance-paths.ts'
import { becomeUser, type QemuUser } from './user.ts'

/**
 * Gives the root disk exactly this size. Only for one that holds nothing yet: what is cut off is lost.
 * @throws NephosError driver_failed
 */
export async function resizeEmptyDisk(
  paths: InstancePaths,
  bytes: number,
  user: QemuUser | null,
): Promise<void> {
  const limits = ['prlimit', '--as=2147483648', '--cpu=30', '--core=0']
  const disk = JSON.stringify({
    driver: 'qcow2',
    file: { driver: 'file', filename: machineFiles.disk },
    backing: null,
  })
  const args = ['qemu-img', 'resize', '-q', '--shrink', `json:${disk}`, String(bytes)]
  await runHostCommand([...becomeUser(user), ...limits, ...args], { cwd: paths.disks })
}
