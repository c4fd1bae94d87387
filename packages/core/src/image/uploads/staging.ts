import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { NephosConfig } from '@nephos/config'

type Home = Pick<NephosConfig, 'home'>

/** Where files wait for their import: names there begin with the id of their image. */
const stagingDir = ({ home }: Home): string => join(home, 'staging')

/** Makes the directory of staged files. @returns its path */
export async function openStaging(config: Home): Promise<string> {
  const dir = stagingDir(config)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  return dir
}

/** The staged file of an image, on the machine of the control plane. */
export const stagedFile = (config: Home, imageId: string): string => join(stagingDir(config), imageId)

/** Removes everything that is staged of an image. */
export async function dropStaging(config: Home, imageId: string): Promise<void> {
  const dir = stagingDir(config)
  for (const name of await names(dir))
    if (name.startsWith(imageId)) await rm(join(dir, name), { recursive: true, force: true })
}

/** What is staged: the id of the image, and when it was changed last. */
export async function listStaging(config: Home): Promise<{ imageId: string; modifiedAt: Date }[]> {
  const dir = stagingDir(config)
  const found: { imageId: string; modifiedAt: Date }[] = []
  for (const name of await names(dir)) {
    const file = await stat(join(dir, name)).catch(() => null)
    if (file) found.push({ imageId: name.slice(0, 36), modifiedAt: file.mtime })
  }
  return found
}

async function names(dir: string): Promise<string[]> {
  try {
    return await readdir(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
