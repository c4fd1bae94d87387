import { createHash, randomBytes } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BaseImage } from '../../driver.ts'
import { ImageCache } from './image-cache.ts'
import { makeRoom } from './image-cache-room.ts'

const bytes = randomBytes(300_000)
let dir: string
let cache: ImageCache
let opened: number
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-cache-'))
  cache = new ImageCache(dir, 'host1')
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
    ...Array.from({ length: 99 }, () => cache.ensure(image(), options())),
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

it('removes what its own interrupted copy left, and refuses a hash that is none', async () => {
  for (const host of ['host1', 'host2', 'other-host1']) writeFileSync(join(dir, `x.${host}.part`), 'half')
  await cache.open()
  expect(readdirSync(dir).sort()).toEqual(['x.host2.part', 'x.other-host1.part'])
  expect(() => cache.path({ sha512: '../../etc/passwd', format: 'raw' })).toThrow(/128 hex/)
})

describe('room', () => {
  const hour = 3_600_000
  /** An image of 100 KiB that was last asked for so many hours ago. */
  const put = (digit: string, hours: number) => {
    const name = `${digit.repeat(128)}.raw`
    writeFileSync(join(dir, name), randomBytes(102_400))
    const at = new Date(Date.now() - hours * hour)
    utimesSync(join(dir, name), at, at)
    return name
  }
  const kept = () => readdirSync(dir).filter((name) => name.endsWith('.raw'))

  it('is made by removing what nobody asked for the longest time', async () => {
    const [old, older, young] = [put('a', 2), put('b', 3), put('c', 1)]
    expect(await makeRoom(dir, { mostBytes: 250_000, freeBytes: 0 })).toEqual([older])
    expect(await makeRoom(dir, { mostBytes: 250_000, freeBytes: 0 })).toEqual([])
    expect(await makeRoom(dir, { mostBytes: 250_000, freeBytes: 0 }, { wanted: 100_000 })).toEqual([old])
    expect(kept()).toEqual([young])
  })

  it('is not made of what disks lie over, nor of what was just asked for', async () => {
    const [used, fresh] = [put('a', 9), put('b', 0.1)]
    mkdirSync(join(dir, 'machine'))
    linkSync(join(dir, used), join(dir, 'machine', 'base'))
    expect(await makeRoom(dir, { mostBytes: 1, freeBytes: Number.MAX_SAFE_INTEGER })).toEqual([])
    rmSync(join(dir, 'machine'), { recursive: true })
    expect(await makeRoom(dir, { mostBytes: 1, freeBytes: 0 })).toEqual([used])
    expect(kept()).toEqual([fresh])
  })

  it('is made when the disk is nearly full, also without a limit', async () => {
    const old = put('a', 2)
    expect(await makeRoom(dir, { mostBytes: 0, freeBytes: 0 })).toEqual([])
    expect(await makeRoom(dir, { mostBytes: 0, freeBytes: Number.MAX_SAFE_INTEGER })).toEqual([old])
  })

  it('is made before an image is copied; what is asked for again counts as new', async () => {
    const [asked, forgotten] = [put('a', 9), put('b', 5)]
    const small = new ImageCache(dir, 'host1', { mostBytes: 450_000, freeBytes: 0 })
    await small.ensure(image(bytes, { sha512: 'a'.repeat(128), format: 'raw' }), options())
    await small.ensure(image(), options())
    expect(opened).toBe(1)
    expect(kept()).toEqual([asked])
    expect(readdirSync(dir)).not.toContain(forgotten)
  })
})
