import { chmod, readFile, stat } from 'node:fs/promises'
import { NephosError } from '@nephos/core/errors'
import { runHostCommand } from './host-command.ts'

/** Who QEMU runs as. */
export interface QemuUser {
  name: string
  uid: number
  gid: number
}

/** Looks a user of the system up. */
export async function findUser(name: string): Promise<QemuUser | null> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((l) => l.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : null
}

/**
 * The user that QEMU runs as, made when it is missing. Null when this process is not root: then QEMU runs as the
 * process's own user.
 * @throws NephosError driver_failed
 */
export async function ensureUser(name: string): Promise<QemuUser | null> {
  if (process.getuid?.() !== 0) return null
  const found = await findUser(name)
  if (found) return checked(found)
  await runHostCommand([
    'useradd',
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]).catch(async (error) => {
    // Two hosts of a machine may start at once.
    if (!(await findUser(name))) throw error
  })
  const made = await findUser(name)
  if (!made) throw new NephosError('driver_failed', `useradd made no user ${name}`)
  return checked(made)
}

function checked(user: QemuUser): QemuUser {
  if (user.uid !== 0) return user
  throw new NephosError('driver_failed', `QEMU must not run as ${user.name}, which is root.`, {
    field: 'qemu_user',
    remedy: 'Set NEPHOS_QEMU_USER to an unprivileged user.',
  })
}

/**
 * Opens a device to everybody as udev does by default, where no udev has looked after it: /dev/kvm, and /dev/net/tun,
 * where the kernel checks who may attach to which tap. A device that belongs to a group of its own is left alone.
 */
export async function openDevice(path: string): Promise<void> {
  const device = await stat(path).catch(() => null)
  if (device && device.gid === 0 && (device.mode & 0o006) !== 0o006) await chmod(path, 0o666)
}

/** Group that may use KVM, when the device is not open to everybody. */
export async function kvmGroup(): Promise<number | null> {
  const device = await stat('/dev/kvm').catch(() => null)
  return device && device.gid !== 0 && (device.mode & 0o060) === 0o060 ? device.gid : null
}

/**
 * Prefix of a command line that gives up every privilege and becomes `user`. Nothing for null.
 * @param groups further groups, such as that of /dev/kvm
 */
export function becomeUser(user: QemuUser | null, groups: readonly number[] = []): string[] {
  if (!user) return []
  return [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
    '--no-new-privs',
    '--',
  ]
}
