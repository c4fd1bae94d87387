import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type { BaseImage } from '../../../driver.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../../../../../..')

/** The guest image and what it is made with, on disk. */
export interface GuestImage extends BaseImage {
  dir: string
  kernel: string
  initrd: string
}

/** Builds the tiny guest image, unless the same one was built for an earlier test run. */
export async function guestImage(): Promise<GuestImage> {
  const cache = join(root, 'node_modules/.cache/nephos')
  const dir = join(cache, `guest-${hashOf(join(root, 'guest'))}`)
  const file = join(dir, 'nephos-tiny.qcow2')
  await mkdir(dir, { recursive: true })
  // Several test files may ask at once: one builds, the others wait for it.
  if (!existsSync(file))
    await run('flock', [
      join(cache, 'guest.lock'),
      'sh',
      '-c',
      '[ -e "$1" ] || exec "$0" -c "$2" "$1"',
      join(root, 'guest/build.sh'),
      file,
      join(cache, 'debs'),
    ])
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  return {
    dir,
    kernel: join(dir, 'nephos-tiny.vmlinuz'),
    initrd: join(dir, 'nephos-tiny.initrd'),
    imageId: 'nephos-tiny',
    sha512: hash.digest('hex'),
    format: 'qcow2',
    sizeBytes: statSync(file).size,
    open: async () => createReadStream(file),
  }
}

function hashOf(dir: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) hash.update(`${relative(dir, file)}\n`).update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}
