import { chown, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import type { DriveFile } from '../../../disks.ts'
import type { MachineSpec } from '../../../driver.ts'
import { runHostCommand } from '../host-command.ts'
import type { InstancePaths } from '../instance-paths.ts'
import { becomeUser, type QemuUser } from '../user.ts'
import { isoImage } from './iso9660.ts'
import { diskFiles } from './layout.ts'
import { swapHeader } from './swap-area.ts'

const mib = 1024 ** 2
const limits = ['prlimit', '--as=2147483648', '--cpu=60', '--core=0']
/** Nothing that a metadata service says is larger. */
const largestConfigDrive = 16 * mib

/**
 * Makes the ephemeral disk (ext4, label ephemeral0) and the swap area of a machine, as far as it has them and they
 * are not there. The machine's directory is there.
 * @throws NephosError driver_failed
 */
export async function createMoreDisks(
  { ephemeralGib = 0, swapMib = 0 }: Pick<MachineSpec, 'ephemeralGib' | 'swapMib'>,
  paths: InstancePaths,
  user: QemuUser | null,
): Promise<void> {
  if (ephemeralGib > 0)
    await makeOnce(paths, diskFiles.ephemeral, user, async (part) => {
      const raw = await rawFile(paths, part, user, ephemeralGib * 1024 * mib)
      const make = ['mkfs.ext4', '-q', '-F', '-L', 'ephemeral0', '-m', '0']
      const lazily = ['-E', 'lazy_itable_init=1,lazy_journal_init=1,nodiscard']
      await asUser(paths, user, [...make, ...lazily, raw])
      await toQcow2(paths, user, raw, part)
    })
  if (swapMib > 0)
    await makeOnce(paths, diskFiles.swap, user, async (part) => {
      const raw = await rawFile(paths, part, user, swapMib * mib, swapHeader(swapMib * mib))
      await toQcow2(paths, user, raw, part)
    })
}

const asUser = ({ disks }: InstancePaths, user: QemuUser | null, command: readonly string[]) =>
  runHostCommand([...becomeUser(user), ...limits, ...command], { cwd: disks, timeoutMs: 120_000 })

/** A sparse file to begin with. @returns its name */
async function rawFile(
  { disks }: InstancePaths,
  part: string,
  user: QemuUser | null,
  bytes: number,
  head?: Buffer,
): Promise<string> {
  const raw = `${part}.raw.part`
  await rm(join(disks, raw), { force: true })
  await writeSparse(join(disks, raw), bytes, head)
  if (user) await chown(join(disks, raw), user.uid, user.gid)
  return raw
}

async function toQcow2(paths: InstancePaths, user: QemuUser | null, raw: string, part: string) {
  await asUser(paths, user, ['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, part])
  await rm(join(paths.disks, raw), { force: true })
}

/** Writes the config drive anew (ISO 9660, label config-2). @throws NephosError driver_failed */
export async function writeConfigDrive(
  paths: InstancePaths,
  files: readonly DriveFile[],
  user: QemuUser | null,
): Promise<void> {
  const image = isoImage('config-2', files, new Date())
  if (image.length > largestConfigDrive)
    throw new NephosError('driver_failed', 'The config drive would be larger than 16 MiB.')
  await rm(join(paths.disks, diskFiles.config), { force: true })
  await makeOnce(paths, diskFiles.config, user, (part) =>
    writeSparse(join(paths.disks, part), image.length, image),
  )
}

/** Makes a file under another name first, so that it is there whole or not at all. */
async function makeOnce(
  { disks }: InstancePaths,
  name: string,
  user: QemuUser | null,
  make: (part: string) => Promise<void>,
): Promise<void> {
  if (await stat(join(disks, name)).catch(() => null)) return
  const part = `${name}.part`
  await rm(join(disks, part), { force: true })
  await make(part)
  if (user) await chown(join(disks, part), user.uid, user.gid)
  await rename(join(disks, part), join(disks, name))
}

async function writeSparse(path: string, bytes: number, head?: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    if (head) await file.write(head, 0, head.length, 0)
    await file.truncate(bytes)
  } finally {
    await file.close()
  }
}
