import { chmod, chown, copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import { virtualSize } from '../../../compute/drivers/qemu/disks/qcow2-chain.ts'
import type { QemuUser } from '../../../compute/drivers/qemu/user.ts'
import { endRecorded } from './daemon.ts'
import { asFileName, type BaseFormat, diskNode } from './disk-node.ts'
import { volumeFiles } from './paths.ts'
import { type ProgramOptions, runProgram } from './programs.ts'

/** The directory `data` of a volume that nobody serves, and whom it belongs to. */
export interface DiskPlace {
  data: string
  user: QemuUser | null
}

const disk = volumeFiles.disk
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Format of what the disk lies over. */
export async function baseOf(data: string): Promise<BaseFormat> {
  for (const format of ['qcow2', 'raw'] as const)
    if (await exists(join(data, volumeFiles.base(format)))) return format
  return null
}

/** Bytes of the disk, of which a guest may not see all. @throws NephosError driver_failed */
export const sizeOfDisk = (data: string): Promise<number> => virtualSize(join(data, disk), 'qcow2')

/** Makes the directory of a disk, which its user alone can enter. */
export async function makeData({ data, user }: DiskPlace): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  await chmod(data, 0o700)
  if (user) await chown(data, user.uid, user.gid)
}

/** An empty disk. */
export async function createBlank(place: DiskPlace, sizeBytes: number): Promise<void> {
  await makeData(place)
  await img(place, ['create', '-q', '-f', 'qcow2', disk, String(sizeBytes)])
}

/**
 * A disk that lies over an image, which it gets a hard link to: whoever keeps the image may drop it.
 * @param image path of the image, whose header was checked when it came
 * @throws NephosError invalid_input when the image is larger
 */
export async function createOverImage(
  place: DiskPlace,
  image: { path: string; format: 'qcow2' | 'raw' },
  sizeBytes: number,
): Promise<void> {
  const smallest = await virtualSize(image.path, image.format)
  if (smallest > sizeBytes)
    throw new NephosError(
      'invalid_input',
      `A volume of ${sizeBytes} bytes is smaller than the disk in the image, which has ${smallest}.`,
      { field: 'sizeGib', remedy: `Make it at least ${Math.ceil(smallest / 1024 ** 3)} GiB.` },
    )
  await makeData(place)
  await linkBase(place, image.path, image.format)
  // -u: the base is not opened, its size is known.
  const over = ['-F', image.format, '-b', volumeFiles.base(image.format)]
  await img(place, ['create', '-q', '-u', '-f', 'qcow2', ...over, disk, String(sizeBytes)])
}

/** Gives a disk what another one lies over. */
export async function linkBase({ data }: DiskPlace, from: string, format: 'qcow2' | 'raw'): Promise<void> {
  const to = join(data, volumeFiles.base(format))
  await rm(to, { force: true })
  await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
    // On another file system than the image.
    if (error.code !== 'EXDEV') throw error
    await copyFile(from, to)
    await chmod(to, 0o644)
  })
}

/**
 * Copies what a snapshot of a disk holds beyond what that lies over, into a new disk over the same.
 * @param snapshot its name
 */
export async function copySnapshot(
  source: DiskPlace,
  snapshot: string,
  target: DiskPlace,
  { signal, onPercent }: Pick<ProgramOptions, 'signal' | 'onPercent'>,
): Promise<void> {
  const base = await baseOf(source.data)
  await makeData(target)
  const name = base && volumeFiles.base(base)
  if (name) await linkBase(target, join(source.data, name), base)
  const node = diskNode(base, { readOnly: true, shared: true })
  // Relative: nobody but root may need to come in from above.
  const there = relative(source.data, target.data)
  await img(
    { data: source.data, user: source.user },
    [
      ...['convert', '-p', '-U', '-O', 'qcow2', '-l', `snapshot.name=${snapshot}`],
      // Where it lies over something, only what differs from it is copied.
      ...(name ? ['-B', join(there, name), '-F', base] : []),
      ...[asFileName(node), join(there, disk)],
    ],
    { signal, onPercent },
  )
  if (name) await img(target, ['rebase', '-u', '-f', 'qcow2', '-F', base, '-b', name, disk])
}

/** Makes a disk larger; one that is as large already is left as it is. */
export async function growDisk(place: DiskPlace, sizeBytes: number): Promise<void> {
  if ((await sizeOfDisk(place.data)) >= sizeBytes) return
  const base = await baseOf(place.data)
  await img(place, ['resize', '-q', asFileName(diskNode(base)), String(sizeBytes)])
}

/**
 * Gives a disk its size. It is made smaller only where it is a copy of what was smaller: a snapshot of a disk that has
 * grown since is copied as large as that is now.
 */
export async function setDiskSize(place: DiskPlace, sizeBytes: number): Promise<void> {
  if ((await sizeOfDisk(place.data)) <= sizeBytes) return growDisk(place, sizeBytes)
  const base = await baseOf(place.data)
  await img(place, ['resize', '-q', '--shrink', asFileName(diskNode(base)), String(sizeBytes)])
}

/** Names of the snapshots that are in the disk. */
export async function snapshotsOf(place: DiskPlace): Promise<string[]> {
  const text = await img(place, ['info', '-U', '--output=json', '-f', 'qcow2', disk])
  const { snapshots = [] } = JSON.parse(text) as { snapshots?: { name: string }[] }
  return snapshots.map(({ name }) => name)
}

/**
 * Makes, applies or removes a snapshot.
 * @param what `-c` makes it, `-a` makes the disk what it is, `-d` removes it
 */
export async function snapshotDisk(
  place: DiskPlace,
  what: '-c' | '-a' | '-d',
  snapshot: string,
): Promise<void> {
  const base = await baseOf(place.data)
  await img(place, ['snapshot', '-q', what, snapshot, asFileName(diskNode(base))])
}

/** Removes directories that a crash left half made or half removed, and ends what still works on them. */
export async function sweepParts(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => []))
    if (/\.(part|gone)$/.test(name)) {
      await endRecorded(join(directory, name, 'daemon.process'))
      await rm(join(directory, name), { recursive: true, force: true })
    }
}

/** Removes a volume's directory: at once by its name, so that nobody finds half of it. */
export async function removeDir(dir: string): Promise<void> {
  const gone = `${dir}.gone`
  await rm(gone, { recursive: true, force: true })
  await rename(dir, gone).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rm(gone, { recursive: true, force: true })
}

const img = (
  { data, user }: DiskPlace,
  args: readonly string[],
  more: Partial<ProgramOptions> = {},
): Promise<string> => runProgram(['qemu-img', ...args], { user, cwd: data, ...more })
