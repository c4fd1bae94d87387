import { readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** What a cache of images may take. */
export interface CacheLimits {
  /** Most bytes of images that nothing uses; 0: no limit of its own. */
  mostBytes: number
  /** Bytes of the disk that are left free for what machines write. */
  freeBytes: number
}

/** Whoever asked for an image this short a time ago is about to use it. */
const graceMs = 10 * 60_000
const finished = /^[0-9a-f]{128}\.(qcow2|raw)$/

/**
 * Makes room in a cache: removes the images that nobody asked for the longest time, until what is unused keeps to its
 * limit and there is room for `wanted` bytes more. What disks lie over is never touched: removing its name here would free
 * nothing, and have it copied again.
 * @returns names that were removed
 */
export async function makeRoom(
  dir: string,
  { mostBytes, freeBytes }: CacheLimits,
  { wanted = 0, now = Date.now() } = {},
): Promise<string[]> {
  const unused: { name: string; bytes: number; usedAt: number }[] = []
  for (const name of await readdir(dir)) {
    const found = finished.test(name) ? await stat(join(dir, name)).catch(() => null) : null
    if (found?.nlink === 1) unused.push({ name, bytes: found.blocks * 512, usedAt: found.mtimeMs })
  }
  unused.sort((a, b) => a.usedAt - b.usedAt)
  const disk = await statfs(dir)
  let free = disk.bavail * disk.bsize
  let kept = unused.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: string[] = []
  for (const { name, bytes, usedAt } of unused) {
    const tooMuch = mostBytes > 0 && kept + wanted > mostBytes
    if ((!tooMuch && free - wanted >= freeBytes) || now - usedAt < graceMs) break
    await rm(join(dir, name), { force: true })
    removed.push(name)
    kept -= bytes
    free += bytes
  }
  return removed
}
