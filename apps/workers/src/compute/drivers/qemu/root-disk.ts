import { link, open, rename, rm, stat } from 'node:fs/promises'
import { NephosError } from '@nephos/core/errors'
import type { BaseImage, MachineSpec } from '../../driver.ts'
import { machineFiles } from './command-line.ts'
import { runHostCommand } from './host-command.ts'
import type { InstancePaths } from './instance-paths.ts'
import { makeMachineDir } from './machine-dir.ts'
import { becomeUser, type QemuUser } from './user.ts'

/** Bounds of qemu-img, so that no disk can make it eat the host. */
const limits = ['prlimit', '--as=2147483648', '--cpu=30', '--core=0']
const gib = 1024 ** 3

/**
 * Makes the directory of a machine and its copy-on-write disk over the cached image. The base appears in the machine's
 * directory as a hard link: QEMU needs to see nothing else of the host, and the cache may drop its own name of it.
 * @throws NephosError driver_failed
 */
export async function createRootDisk(
  spec: MachineSpec & { image: Pick<BaseImage, 'format'> },
  paths: InstancePaths,
  basePath: string,
  { user, hostName }: { user: QemuUser | null; hostName: string },
): Promise<void> {
  await makeMachineDir(spec.instanceId, paths, { user, hostName })
  if (await exists(paths.disk)) return

  await rm(paths.base, { force: true })
  await link(basePath, paths.base).catch((cause) => {
    throw new NephosError('driver_failed', `The cached image is not usable: ${cause.message}`, { cause })
  })
  const smallest = await virtualSize(paths.base, spec.image.format)
  const bytes = spec.diskGib > 0 ? spec.diskGib * gib : smallest
  if (bytes < smallest)
    throw new NephosError(
      'driver_failed',
      `A disk of ${spec.diskGib} GiB is smaller than the image's ${smallest} bytes.`,
      {
        remedy: 'Choose a flavor with a larger disk.',
      },
    )
  const part = `${machineFiles.disk}.part`
  await rm(`${paths.disks}/${part}`, { force: true })
  // -u: the base is not opened, its size is known.
  const create = [
    'qemu-img',
    'create',
    '-q',
    '-u',
    '-f',
    'qcow2',
    '-F',
    spec.image.format,
    '-b',
    machineFiles.base,
  ]
  await runHostCommand([...becomeUser(user), ...limits, ...create, part, String(bytes)], { cwd: paths.disks })
  await rename(`${paths.disks}/${part}`, paths.disk)
}

/** Bytes of the disk that an image holds. */
export async function virtualSize(path: string, format: 'qcow2' | 'raw'): Promise<number> {
  if (format === 'raw') return (await stat(path)).size
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0)
    if (bytesRead < 32 || buffer.toString('latin1', 0, 4) !== 'QFI\xfb')
      throw new NephosError('driver_failed', 'The cached image is no qcow2 image.')
    return Number(buffer.readBigUInt64BE(24))
  } finally {
    await file.close()
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
