import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { NephosError } from '@nephos/core/errors'
import type { DiskReader } from '../driver.ts'
import { type Chunk, chunkSizeOf, type Manifest } from './manifest.ts'

const squeeze = promisify(gzip)
const mib = 1024 ** 2
/** Bytes of an object; the next one is filled while it is sent, so two of them are in memory. */
const objectBytes = 16 * mib
/** Chunks that are compressed at once: fewer where they are large. */
const aheadOf = (chunkBytes: number) => Math.max(1, Math.min(4, objectBytes / chunkBytes))
/** What compression must save to be worth undoing. */
const worth = 0.9

/** How a disk is backed up. */
export interface BackupWork {
  backupId: string
  reader: DiskReader
  /** The manifest of the backup that this one builds on; null: a full backup. */
  parent: Manifest | null
  /** False where nothing can be gained: encrypted bytes. */
  compress: boolean
  /** Stores an object of this backup. Called one after the other, with rising numbers from 0. */
  put: (index: number, parts: readonly Buffer[]) => Promise<void>
  signal: AbortSignal
  /** @param doneBytes of the disk that were looked at @param newBytes of them that were stored */
  onProgress: (doneBytes: number, newBytes: number) => void
}

/** What was stored. */
export interface Written {
  manifest: Manifest
  objectCount: number
  storedBytes: number
}

interface Prepared {
  index: number
  end: number
  digest: string
  /** null: the parent has this chunk. */
  stored: Buffer | null
  packed: boolean
}

/** Reads a disk and stores what the parent does not have; what is zero takes no place. @throws NephosError cancelled */
export async function writeBackup(work: BackupWork): Promise<Written> {
  const { backupId, reader, parent, put, signal, onProgress } = work
  const { sizeBytes } = reader
  const chunkBytes = parent?.chunkBytes ?? chunkSizeOf(sizeBytes)
  const sources = [...(parent?.sources ?? [])]
  const known = new Map<number, Chunk>((parent?.chunks ?? []).map((chunk) => [chunk[0], chunk]))
  const own = sources.push(backupId) - 1
  const chunks: Chunk[] = []
  let storedBytes = 0
  let objectCount = 0
  let parts: Buffer[] = []
  let filled = 0
  let sending: Promise<void> = Promise.resolve()
  const send = async () => {
    if (filled === 0) return
    await sending
    sending = put(objectCount++, parts)
    // Its failure is heard of when the next object is ready.
    sending.catch(() => {})
    parts = []
    filled = 0
  }
  try {
    for await (const prepared of preparedChunks(work, chunkBytes, known)) {
      if (signal.aborted)
        throw new NephosError('cancelled', 'The backup was cancelled.', { cause: signal.reason })
      const { index, digest, stored, packed } = prepared
      if (stored === null) chunks.push(known.get(index)!)
      else {
        chunks.push([index, own, objectCount, filled, stored.length, packed, digest])
        parts.push(stored)
        filled += stored.length
        storedBytes += stored.length
        if (filled >= objectBytes) await send()
      }
      onProgress(Math.min(prepared.end, sizeBytes), storedBytes)
    }
    await send()
  } finally {
    await sending
  }
  return { manifest: { version: 1, sizeBytes, chunkBytes, sources, chunks }, objectCount, storedBytes }
}

async function* preparedChunks(
  { reader, compress }: BackupWork,
  chunkBytes: number,
  known: ReadonlyMap<number, Chunk>,
): AsyncGenerator<Prepared> {
  const waiting: Promise<Prepared>[] = []
  for await (const { index, bytes } of fullChunks(reader, chunkBytes)) {
    const end = index * chunkBytes + bytes.length
    const digest = createHash('sha256').update(bytes).digest('hex')
    const preparing: Promise<Prepared> =
      known.get(index)?.[6] === digest
        ? Promise.resolve({ index, end, digest, stored: null, packed: false })
        : pack(bytes, compress).then((packed) => ({ index, end, digest, ...packed }))
    preparing.catch(() => {})
    waiting.push(preparing)
    if (waiting.length >= aheadOf(chunkBytes)) yield await waiting.shift()!
  }
  for (const preparing of waiting) yield await preparing
}

async function pack(bytes: Buffer, compress: boolean): Promise<{ stored: Buffer; packed: boolean }> {
  const stored = compress ? await squeeze(bytes, { level: 1 }) : bytes
  return stored.length < bytes.length * worth ? { stored, packed: true } : { stored: bytes, packed: false }
}

/** The chunks of a disk that are not all zero, whole, in order. */
async function* fullChunks(
  reader: DiskReader,
  chunkBytes: number,
): AsyncGenerator<{ index: number; bytes: Buffer }> {
  const zeros = Buffer.alloc(chunkBytes)
  let next = 0
  for await (const { offset, length } of reader.extents()) {
    const end = Math.min(offset + length, reader.sizeBytes)
    for (let index = Math.max(next, Math.floor(offset / chunkBytes)); index * chunkBytes < end; index++) {
      const at = index * chunkBytes
      const bytes = await reader.read(at, Math.min(chunkBytes, reader.sizeBytes - at))
      next = index + 1
      if (!bytes.equals(zeros.subarray(0, bytes.length))) yield { index, bytes }
    }
  }
}
