import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import type { MachineSpec } from '../../../driver.ts'
import { runHostCommand } from '../host-command.ts'
import type { InstancePaths } from '../instance-paths.ts'
import { becomeUser, type QemuUser } from '../user.ts'
import { createMoreDisks } from './create-disks.ts'
import { diskFiles } from './layout.ts'
import { rootChain, virtualSize } from './qcow2-chain.ts'

const gib = 1024 ** 3
const mib = 1024 ** 2
const limits = ['prlimit', '--as=2147483648', '--cpu=60', '--core=0']

/**
 * Brings the disks of a machine that is off to the sizes of the spec: the root disk and the ephemeral disk grow (the
 * guest grows its file systems), the swap area is made anew where its size differs, what is no longer wanted goes.
 * @throws NephosError driver_failed, also when the root disk would have to shrink
 */
export async function resizeDisks(
  spec: MachineSpec,
  paths: InstancePaths,
  user: QemuUser | null,
): Promise<void> {
  if (spec.image) await resizeRoot(spec, spec.image.format, paths, user)
  const ephemeralBytes = (spec.ephemeralGib ?? 0) * gib
  const ephemeralIs = await sizeOf(paths, diskFiles.ephemeral)
  if (ephemeralBytes === 0) await rm(join(paths.disks, diskFiles.ephemeral), { force: true })
  else if (ephemeralIs !== null && ephemeralIs < ephemeralBytes)
    await grow(paths, flat(diskFiles.ephemeral), ephemeralBytes, user)
  if ((await sizeOf(paths, diskFiles.swap)) !== (spec.swapMib ?? 0) * mib)
    await rm(join(paths.disks, diskFiles.swap), { force: true })
  await createMoreDisks(spec, paths, user)
}

async function resizeRoot(
  { diskGib }: MachineSpec,
  baseFormat: 'qcow2' | 'raw',
  paths: InstancePaths,
  user: QemuUser | null,
): Promise<void> {
  const wanted = diskGib * gib
  const is = await virtualSize(paths.disk, 'qcow2')
  if (diskGib > 0 && wanted < is)
    throw new NephosError(
      'driver_failed',
      `The root disk has ${is} bytes and cannot shrink to ${diskGib} GiB.`,
      { remedy: 'Choose a flavor whose disk is not smaller.' },
    )
  if (wanted > is) await grow(paths, rootChain(baseFormat), wanted, user)
}

const grow = ({ disks }: InstancePaths, disk: string, bytes: number, user: QemuUser | null) =>
  runHostCommand([...becomeUser(user), ...limits, 'qemu-img', 'resize', '-q', disk, String(bytes)], {
    cwd: disks,
    timeoutMs: 120_000,
  })

/** A disk that lies over nothing, whatever its header says. */
const flat = (filename: string): string =>
  `json:${JSON.stringify({ driver: 'qcow2', file: { driver: 'file', filename }, backing: null })}`

const sizeOf = async ({ disks }: InstancePaths, file: string): Promise<number | null> =>
  (await stat(join(disks, file)).catch(() => null)) && virtualSize(join(disks, file), 'qcow2')
