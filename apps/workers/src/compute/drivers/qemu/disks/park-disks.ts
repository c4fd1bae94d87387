import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { machineFiles } from '../command-line.ts'
import type { InstancePaths } from '../instance-paths.ts'
import { diskFiles } from './layout.ts'

/** What is put aside; the serial log and the sockets stay. */
const parkable = [machineFiles.disk, machineFiles.base, ...Object.values(diskFiles)]
/** Says that all old disks are aside, so that what is in the machine's directory is new. */
const marker = 'complete'

/**
 * Puts the disks of a machine aside, once: asked again, it removes what was made meanwhile. Afterwards the machine has
 * no disks. The machine is off.
 */
export async function parkDisks(paths: InstancePaths): Promise<void> {
  const away = paths.parked
  await mkdir(away, { recursive: true, mode: 0o700 })
  if (await exists(join(away, marker))) {
    for (const file of parkable) await rm(join(paths.disks, file), { force: true })
    return
  }
  for (const file of parkable)
    if (await exists(join(paths.disks, file))) await rename(join(paths.disks, file), join(away, file))
  await writeFile(join(away, marker), '')
}

/** Brings back the disks that were put aside, in place of newer ones. Nothing happens when there are none. */
export async function unparkDisks(paths: InstancePaths): Promise<void> {
  const away = paths.parked
  const names = await readdir(away).catch(() => null)
  if (!names) return
  if (names.includes(marker)) {
    for (const file of parkable) await rm(join(paths.disks, file), { force: true })
    // From here on what is in the machine's directory is old again.
    await rm(join(away, marker), { force: true })
  }
  for (const file of parkable)
    if (names.includes(file)) await rename(join(away, file), join(paths.disks, file))
  await rmdir(away)
}

/** Removes the disks that were put aside for good. */
export const dropParkedDisks = (paths: InstancePaths): Promise<void> =>
  rm(paths.parked, { recursive: true, force: true })

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
