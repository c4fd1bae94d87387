import type { Readable } from 'node:stream'
import type { ImageStore } from '@nephos/core'
import { checkedBytes, checkSize } from './checked-bytes.ts'

/** What {@link storeEverywhere} takes. */
export interface StoreOptions {
  stores: readonly ImageStore[]
  key: string
  /** The bytes, once for each store. */
  open: () => Promise<Readable>
  size: number
  /** What the bytes have to be; null: what they are is yet to be learnt. */
  sha512: string | null
  /** False: one store that keeps them is enough. */
  allMustSucceed: boolean
  signal: AbortSignal
  /** Bytes stored so far, in all stores together. */
  onBytes: (done: number) => void
  onFailure: (error: unknown, store: string) => void
}

/** What is in the stores. */
export interface StoredCopies {
  size: number
  md5: string
  sha512: string
  stores: string[]
}

/**
 * Keeps bytes under one key in each store, in place of whatever an earlier attempt left there. Every copy has the same
 * bytes, which is checked before it can be seen.
 * @throws what a store said: the last one when one is enough, the first one otherwise
 */
export async function storeEverywhere(options: StoreOptions): Promise<StoredCopies> {
  const { stores, key, open, size, allMustSucceed, signal, onBytes, onFailure } = options
  const kept: string[] = []
  let hashes = { md5: '', sha512: options.sha512 }
  let failure: unknown = null
  for (const store of stores) {
    const before = kept.length * size
    try {
      await store.delete(key)
      const bytes = checkedBytes(await open(), {
        sha512: hashes.sha512,
        size,
        signal,
        onBytes: (done) => onBytes(before + done),
      })
      await store.put(key, bytes.pass(), size)
      await checkSize(store, key, size)
      hashes = bytes.seen()
      kept.push(store.name)
    } catch (error) {
      if (allMustSucceed || signal.aborted) throw error
      failure = error
      onFailure(error, store.name)
      await store.delete(key).catch((err) => onFailure(err, store.name))
    }
  }
  const { md5, sha512 } = hashes
  if (kept.length === 0 || sha512 === null) throw failure
  return { size, md5, sha512, stores: kept }
}
