import type { Readable } from 'node:stream'
import { type FileHashes, Hashes, type ImageStore, NephosError } from '@nephos/core'

/** What bytes have to be. */
export interface BytesWish {
  /** Null: it is yet to be learnt. */
  sha512: string | null
  size: number
  signal: AbortSignal
  onBytes: (done: number) => void
}

/** Bytes on their way. */
export interface CheckedBytes {
  /** Ends with an error when they are not what they have to be, so that nobody keeps them. */
  pass: () => AsyncIterable<Buffer>
  /** What they were, once all have passed. */
  seen: () => FileHashes
}

/** Hashes bytes as they go by, and holds them to what they have to be. */
export function checkedBytes(source: Readable, { sha512, size, signal, onBytes }: BytesWish): CheckedBytes {
  const hashes = new Hashes()
  let seen: FileHashes = { md5: '', sha512: '' }
  async function* pass() {
    try {
      yield* checked()
    } finally {
      hashes.close()
    }
  }
  async function* checked() {
    let done = 0
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (signal.aborted) throw new NephosError('cancelled', 'It was cancelled.', { cause: signal.reason })
      await hashes.update(chunk)
      done += chunk.length
      onBytes(done)
      yield chunk
    }
    seen = await hashes.digest()
    if (done !== size || (sha512 !== null && seen.sha512 !== sha512))
      throw new NephosError('driver_failed', 'The bytes changed on their way.', {
        remedy: 'Try again; when it happens once more, look after the disks and the network of the store.',
        detail: { bytes: done, expected: size },
      })
  }
  return { pass, seen: () => seen }
}

/** A store that says it has the file has all of it. @throws NephosError driver_failed */
export async function checkSize(store: ImageStore, key: string, size: number): Promise<void> {
  const kept = await store.size(key)
  if (kept !== size)
    throw new NephosError(
      'driver_failed',
      `The image store ${store.name} has ${kept ?? 'none'} of ${size} bytes.`,
    )
}
