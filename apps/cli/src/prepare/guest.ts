import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { root } from '../installation.ts'
import { withLock } from './build-lock.ts'
import { capture } from './run.ts'
import { hashSources } from './sources.ts'

const image = 'nephos-tiny.qcow2'
const stamp = 'built-from'
/** What guest/build.sh makes: the image, and a kernel that can be booted directly to see whether KVM works. */
const files = [image, 'nephos-tiny.vmlinuz', 'nephos-tiny.initrd', stamp]

/** Path of the tiny guest image; null when it has not been built here. */
export const findGuestImage = (config: NephosConfig): string | null => {
  const file = join(statePaths(config).guest, image)
  return existsSync(file) ? file : null
}

const hashIn = (directory: string): string =>
  files.every((file) => existsSync(join(directory, file)))
    ? readFileSync(join(directory, stamp), 'utf8').trim()
    : ''

/** Names what the image was made from; empty when there is none. */
export const guestHash = (config: NephosConfig): string => hashIn(statePaths(config).guest)

/** True when the image was made from the files of guest/ that are here now. */
export const isGuestBuilt = (config: NephosConfig): boolean => guestHash(config) === hashSources(['guest'])

async function buildIn(directory: string): Promise<void> {
  const hash = hashSources(['guest'])
  if (hashIn(directory) === hash) return
  mkdirSync(directory, { recursive: true })
  await capture(join(root, 'guest/build.sh'), [join(directory, image)], { timeoutMs: 300_000 })
  writeFileSync(join(directory, stamp), `${hash}\n`)
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Builds the tiny guest image out of Debian packages: once for all clouds of this installation where it may be written
 * to, else for this cloud alone. @throws Failure with what the script said
 */
export async function buildGuest(config: NephosConfig): Promise<void> {
  const own = statePaths(config).guest
  const shared = join(root, 'node_modules/.cache/nephos/guest')
  if (isWritable(join(root, 'node_modules'))) await withLock(`${shared}.lock`, () => buildIn(shared))
  if (hashIn(shared) !== hashSources(['guest'])) return buildIn(own)
  mkdirSync(own, { recursive: true })
  for (const file of files) copyFileSync(join(shared, file), join(own, file), constants.COPYFILE_FICLONE)
}
