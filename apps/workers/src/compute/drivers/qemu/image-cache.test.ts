import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { BaseImage } from '../../driver.ts'
import { ImageCache } from './image-cache.ts'

const bytes = randomBytes(300_000)
let dir: string
let cache: ImageCache
let opened: number
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-cache-'))
  cache = new ImageCache(dir)
  await cache.open()
  opened = 0
})
afterEach(() => rmSync(dir, { recursive: true }))

async function* slowly(content: Buffer, pauseMs: number) {
  for (let at = 0; at < content.length; at += 50_000) {
    await sleep(pauseMs)
    yield content.subarray(at, at + 50_000)
  }
}
const image = (content = bytes, change: Partial<BaseImage> = {}, pauseMs = 1): BaseImage => ({
  imageId: 'image-1',
  sha512: createHash('sha512').update(bytes).digest('hex'),
  format: 'qcow2',
  sizeBytes: bytes.length,
  open: async () => {
    opened++
    return Readable.from(slowly(content, pauseMs))
  },
  ...change,
})
const options = () => ({ signal: new AbortController().signal, onProgress: () => {} })

it('copies an image once for callers at the same time, and not again later', async () => {
  const seen: number[] = []
  await Promise.all([
    cache.ensure(image(), { ...options(), onProgress: (n) => seen.push(n) }),
    cache.ensure(image(), options()),
    cache.ensure(image(), options()),
  ])
  await cache.ensure(image(), options())
  expect(opened).toBe(1)
  expect(readFileSync(cache.path(image()))).toEqual(bytes)
  expect(statSync(cache.path(image())).mode & 0o777).toBe(0o644)
  expect(seen.at(-1)).toBe(bytes.length)
  expect(seen.length).toBeGreaterThan(3)
})

it.each([
  ['does not have the bytes its hash promises', Buffer.from(bytes).fill(0, 5, 50)],
  ['has 299999 of its 300000 bytes', bytes.subarray(1)],
  ['has more than its 300000 bytes', Buffer.concat([bytes, bytes])],
])('refuses a copy that %s, and leaves nothing', async (how, content) => {
  await expect(cache.ensure(image(content), options())).rejects.toMatchObject({
    code: 'driver_failed',
    message: expect.stringContaining(how),
  })
  expect(readdirSync(dir)).toEqual([])
  await cache.ensure(image(), options())
  expect(opened).toBe(2)
})

it('names the reason when the source breaks', async () => {
  const broken = image(bytes, { open: async () => Readable.from(failing()) })
  async function* failing() {
    yield bytes.subarray(0, 10)
    throw new Error('the store is gone')
  }
  await expect(cache.ensure(broken, options())).rejects.toThrow('the store is gone')
  expect(readdirSync(dir)).toEqual([])
})

it('goes on for those who still want it, and stops when nobody does', async () => {
  const first = new AbortController()
  const second = new AbortController()
  const slow = image(bytes, {}, 30)
  const one = cache.ensure(slow, { ...options(), signal: first.signal })
  const other = cache.ensure(slow, { ...options(), signal: second.signal })
  first.abort()
  await expect(one).rejects.toMatchObject({ code: 'cancelled' })
  second.abort()
  await expect(other).rejects.toMatchObject({ code: 'cancelled' })
  await cache.ensure(image(), options())
  expect(opened).toBe(2)
  expect(readdirSync(dir)).toHaveLength(1)

  const stays = cache.ensure(image(bytes, { format: 'raw' }, 20), options())
  const leaver = new AbortController()
  const leaves = cache.ensure(image(bytes, { format: 'raw' }), { ...options(), signal: leaver.signal })
  leaver.abort()
  await expect(leaves).rejects.toMatchObject({ code: 'cancelled' })
  await stays
  expect(opened).toBe(3)
})

it('removes what an interrupted copy left, and refuses a hash that is none', async () => {
  writeFileSync(join(dir, 'x.part'), 'half')
  await cache.open()
  expect(readdirSync(dir)).toEqual([])
  expect(() => cache.path({ sha512: '../../etc/passwd', format: 'raw' })).toThrow(/128 hex/)
})
