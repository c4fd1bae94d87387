import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { NephosError } from '@nephos/core/errors'
import type { DiskPiece } from '../driver.ts'
import { type Chunk, damaged, type Manifest } from './manifest.ts'

const expand = promisify(gunzip)
/** Bytes that are asked of a store at once. */
const mostAtOnce = 16 * 1024 ** 2

/** Bytes `start` to `end`, the latter not included, of an object of a backup. */
export type ReadObject = (backupId: string, object: number, start: number, end: number) => Promise<Buffer>

/**
 * The pieces of a backed-up disk in order, each checked against its digest. What is between them is zero.
 * @throws NephosError driver_failed when the backup is not what was stored
 */
export async function* backupPieces(manifest: Manifest, read: ReadObject): AsyncGenerator<DiskPiece> {
  const runs = runsOf(manifest)
  const fetch = (run: Chunk[] | undefined) => {
    if (!run) return null
    const [, source, object, start] = run[0]!
    const [, , , last, length] = run.at(-1)!
    const bytes = read(manifest.sources[source]!, object, start, last + length).catch((cause) => {
      throw cause instanceof NephosError && cause.code === 'not_found'
        ? damaged('a part of it is missing in its store', cause)
        : cause
    })
    // Whoever waits for the run before may never come to this one.
    bytes.catch(() => {})
    return bytes
  }
  let coming = fetch(runs[0])
  for (const [place, run] of runs.entries()) {
    const bytes = await coming!
    coming = fetch(runs[place + 1])
    const begin = run[0]![3]
    for (const chunk of run) yield opened(manifest, chunk, bytes.subarray(chunk[3] - begin))
  }
}

async function opened(manifest: Manifest, chunk: Chunk, from: Buffer): Promise<DiskPiece> {
  const { sizeBytes, chunkBytes } = manifest
  const [index, , , , length, packed, digest] = chunk
  const offset = index * chunkBytes
  const stored = from.subarray(0, length)
  const bytes = packed
    ? await expand(stored, { maxOutputLength: chunkBytes }).catch((cause) => {
        throw damaged(`what is at ${offset} bytes cannot be unpacked`, cause)
      })
    : stored
  if (
    bytes.length !== Math.min(chunkBytes, sizeBytes - offset) ||
    createHash('sha256').update(bytes).digest('hex') !== digest
  )
    throw damaged(`what is at ${offset} bytes does not have its checksum`)
  return { offset, bytes }
}

/** Chunks that stand behind each other in one object, to be read with one question. */
function runsOf({ chunks }: Manifest): Chunk[][] {
  const runs: Chunk[][] = []
  for (const chunk of chunks) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    const follows =
      last &&
      last[1] === chunk[1] &&
      last[2] === chunk[2] &&
      last[3] + last[4] === chunk[3] &&
      chunk[3] + chunk[4] - run![0]![3] <= mostAtOnce
    if (follows) run!.push(chunk)
    else runs.push([chunk])
  }
  return runs
}
