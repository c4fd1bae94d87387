import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DiskExtent, DiskReader } from './driver.ts'
import { qcow2Stream } from './qcow2-stream.ts'

const run = promisify(execFile)
const mib = 1024 ** 2
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nephos-qcow2-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const pattern = (offset: number, length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (offset + index * 7) % 251))

const readerOf = (sizeBytes: number, extents: DiskExtent[]): DiskReader => ({
  sizeBytes,
  extents: async function* () {
    yield* extents
  },
  read: async (offset, length) => {
    const bytes = Buffer.alloc(length)
    for (const extent of extents) {
      const from = Math.max(offset, extent.offset)
      const to = Math.min(offset + length, extent.offset + extent.length)
      if (from < to)
        pattern(extent.offset, extent.length)
          .subarray(from - extent.offset, to - extent.offset)
          .copy(bytes, from - offset)
    }
    return bytes
  },
  close: async () => undefined,
})

test.each<[string, number, DiskExtent[]]>([
  ['an empty disk', 10 * 1024 * mib, []],
  [
    'a disk with something at its beginning, across two tables and at its end',
    1025 * mib + 512,
    [
      { offset: 0, length: 1000 },
      { offset: 3 * mib + 5, length: 2 * mib },
      { offset: 512 * mib - 70_000, length: 140_000 },
      { offset: 1025 * mib - 1000, length: 1512 },
    ],
  ],
])(
  '%s is a file that qemu-img finds nothing wrong with, with the same bytes',
  async (_name, sizeBytes, extents) => {
    const file = join(directory, `${extents.length}.qcow2`)
    const raw = join(directory, `${extents.length}.raw`)
    const { size, bytes } = await qcow2Stream(readerOf(sizeBytes, extents))
    await pipeline(Readable.from(bytes(), { objectMode: false }), createWriteStream(file))
    expect((await stat(file)).size).toBe(size)
    const checked = await run('qemu-img', ['check', '-f', 'qcow2', '--output=json', file])
    expect(JSON.parse(checked.stdout)).toMatchObject({ 'check-errors': 0 })
    expect(JSON.parse(checked.stdout)).not.toHaveProperty('corruptions')
    expect(JSON.parse(checked.stdout)).not.toHaveProperty('leaks')
    await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', file, raw])
    expect((await stat(raw)).size).toBe(sizeBytes)
    const disk = await open(raw)
    try {
      for (const { offset, length } of extents) {
        const { buffer } = await disk.read(Buffer.alloc(length), 0, length, offset)
        expect(buffer.equals(pattern(offset, length))).toBe(true)
      }
    } finally {
      await disk.close()
    }
    expect((await readFile(file)).subarray(0, 4).toString('latin1')).toBe('QFI\xfb')
  },
)
