import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { NephosError } from '@nephos/core/errors'
import { expect, test } from 'vitest'
import type { DiskExtent, DiskReader } from '../driver.ts'
import { checksumOf, chunkSizeOf, type Manifest, packManifest, unpackManifest } from './manifest.ts'
import { backupPieces, type ReadObject } from './read-backup.ts'
import { writeBackup } from './write-backup.ts'

const mib = 1024 ** 2

/** A disk of which only what is in `extents` may hold something. */
const diskOf = (bytes: Buffer, extents: DiskExtent[]): DiskReader => ({
  sizeBytes: bytes.length,
  extents: async function* () {
    yield* extents
  },
  read: async (offset, length) => bytes.subarray(offset, offset + length),
  close: async () => undefined,
})

class Store {
  readonly objects = new Map<string, Buffer>()
  failAt = Number.POSITIVE_INFINITY

  async backup(
    disk: DiskReader,
    { parent = null, compress = true }: { parent?: Manifest | null; compress?: boolean } = {},
  ) {
    const backupId = randomUUID()
    const written = await writeBackup({
      ...{ backupId, reader: disk, parent, compress },
      put: async (index, parts) => {
        await new Promise((resolve) => setImmediate(resolve))
        if (index === this.failAt) throw new NephosError('unavailable', 'The store is down.')
        this.objects.set(`${backupId} ${index}`, Buffer.concat(parts))
      },
      signal: new AbortController().signal,
      onProgress: () => {},
    })
    return { backupId, ...written }
  }

  readonly read: ReadObject = async (backupId, object, start, end) => {
    const found = this.objects.get(`${backupId} ${object}`)
    if (!found) throw new NephosError('not_found', 'There is no such object.')
    return found.subarray(start, end)
  }
}

async function restored(store: Store, manifest: Manifest): Promise<Buffer> {
  const disk = Buffer.alloc(manifest.sizeBytes)
  let end = 0
  for await (const { offset, bytes } of backupPieces(manifest, store.read)) {
    expect(offset).toBeGreaterThanOrEqual(end)
    end = offset + bytes.copy(disk, offset)
  }
  return disk
}

/** 40 MiB and a half sector: random bytes, text, and much that is zero, some of it in an extent. */
function contents(): { bytes: Buffer; extents: DiskExtent[] } {
  const bytes = Buffer.alloc(40 * mib + 256)
  randomBytes(18 * mib).copy(bytes, 3 * mib + 777)
  bytes.fill('the same words again and again. ', 25 * mib, 27 * mib)
  bytes.write('the end', bytes.length - 7)
  return {
    bytes,
    extents: [
      { offset: 3 * mib + 512, length: 18 * mib + 512 },
      // Two extents of one chunk.
      { offset: 24 * mib, length: mib + 100 },
      { offset: 25 * mib + 100, length: 4 * mib },
      { offset: 40 * mib, length: 256 },
    ],
  }
}

test('what is restored are the bytes that were backed up, and zeros take no place', async () => {
  const { bytes, extents } = contents()
  const store = new Store()
  const full = await store.backup(diskOf(bytes, extents))
  expect((await restored(store, full.manifest)).equals(bytes)).toBe(true)
  // More than one object; two MiB of words are next to nothing.
  expect(full.objectCount).toBe(2)
  expect(store.objects.size).toBe(2)
  expect(full.storedBytes).toBeGreaterThan(18 * mib)
  expect(full.storedBytes).toBeLessThan(19.2 * mib)
  expect(full.manifest.chunks.map(([index]) => index)).toEqual([
    ...Array.from({ length: 19 }, (_, place) => place + 3),
    ...[25, 26, 40],
  ])
})

test('an incremental backup stores what has changed, and stands with its parents', async () => {
  const { bytes, extents } = contents()
  const store = new Store()
  const full = await store.backup(diskOf(bytes, extents), { compress: false })
  const later = Buffer.concat([bytes, Buffer.alloc(mib)])
  later.write('changed', 5 * mib)
  later.fill(0, 25 * mib, 26 * mib)
  later.write('grown', 41 * mib)
  const grown = [...extents, { offset: 41 * mib, length: 256 }]
  const second = await store.backup(diskOf(later, grown), { parent: full.manifest, compress: false })
  expect(second.objectCount).toBe(1)
  // The changed chunk, the one that was the last and short, and the new one.
  expect(second.storedBytes).toBe(2 * mib + 256)
  expect((await restored(store, second.manifest)).equals(later)).toBe(true)
  const third = await store.backup(diskOf(later, grown), { parent: second.manifest })
  expect(third).toMatchObject({ objectCount: 0, storedBytes: 0 })
  expect(checksumOf(third.manifest)).toBe(checksumOf(second.manifest))
  expect((await restored(store, third.manifest)).equals(later)).toBe(true)
  expect((await restored(store, full.manifest)).equals(bytes)).toBe(true)
})

test('what is not as it was stored is found before it is given out', async () => {
  const { bytes, extents } = contents()
  const store = new Store()
  const { manifest, backupId } = await store.backup(diskOf(bytes, extents))
  const key = `${backupId} 0`
  const good = store.objects.get(key)!
  const broken = Buffer.from(good)
  broken[7 * mib]! ^= 1
  store.objects.set(key, broken)
  const given: number[] = []
  const reading = (async () => {
    for await (const { offset } of backupPieces(manifest, store.read)) given.push(offset)
  })()
  await expect(reading).rejects.toMatchObject({
    code: 'driver_failed',
    message: `The backup is damaged: what is at ${10 * mib} bytes does not have its checksum.`,
  })
  expect(given).toEqual(Array.from({ length: 7 }, (_, place) => (place + 3) * mib))
  store.objects.set(key, good.subarray(0, 2 * mib + 5))
  await expect(restored(store, manifest)).rejects.toThrow('damaged')
  store.objects.delete(key)
  await expect(restored(store, manifest)).rejects.toThrow('a part of it is missing')
})

test('a list of contents is refused when it is not the one that was stored', async () => {
  const { manifest } = await new Store().backup(
    diskOf(Buffer.alloc(3 * mib, 1), [{ offset: 0, length: 3 * mib }]),
  )
  const checksum = checksumOf(manifest)
  expect(await unpackManifest(await packManifest(manifest), checksum)).toEqual(manifest)
  const [first, second, third] = manifest.chunks as [
    Manifest['chunks'][0],
    Manifest['chunks'][0],
    Manifest['chunks'][0],
  ]
  const others: Manifest[] = [
    { ...manifest, chunks: [first, third] },
    { ...manifest, chunks: [second, first, third] },
    { ...manifest, sizeBytes: 2 * mib },
    { ...manifest, sources: [] },
  ]
  for (const other of others)
    await expect(unpackManifest(await packManifest(other), checksum)).rejects.toThrow('The backup is damaged')
  await expect(unpackManifest(createHash('sha256').digest(), checksum)).rejects.toThrow('cannot be read')
})

test('a store that fails ends the backup', async () => {
  const store = new Store()
  const disk = diskOf(randomBytes(40 * mib), [{ offset: 0, length: 40 * mib }])
  for (const failAt of [0, 1, 2]) {
    store.failAt = failAt
    await expect(store.backup(disk, { compress: false })).rejects.toThrow('The store is down.')
  }
})

test('large disks are cut into larger chunks', () => {
  expect(chunkSizeOf(1024 ** 3)).toBe(mib)
  expect(chunkSizeOf(256 * 1024 ** 3)).toBe(mib)
  expect(chunkSizeOf(257 * 1024 ** 3)).toBe(2 * mib)
  expect(chunkSizeOf(64 * 1024 ** 4)).toBe(256 * mib)
})
