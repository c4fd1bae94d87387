import { becomeUser, type QemuUser } from '../../../compute/drivers/qemu/user.ts'

/** Capabilities that a server of volumes may need: to mount, to speak raw Ethernet. */
export type StorageCapability = 'sys_admin' | 'net_raw'

/**
 * Prefix of a command line that becomes the user that volumes belong to and keeps nothing but these capabilities.
 * Nothing for null.
 */
export function becomeStorageUser(
  user: QemuUser | null,
  capabilities: readonly StorageCapability[],
): string[] {
  if (!user || capabilities.length === 0) return becomeUser(user)
  const kept = ['-all', ...capabilities.map((name) => `+${name}`)].join(',')
  return [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    `--inh-caps=${kept}`,
    `--ambient-caps=${kept}`,
    `--bounding-set=${kept}`,
    '--no-new-privs',
    '--',
  ]
}
