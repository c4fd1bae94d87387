import type { Readable } from 'node:stream'
import type { ImageStoreSettings } from '@nephos/config'

/** Bytes `start` to `end` of a file, both included. */
export interface ByteRange {
  start: number
  end: number
}

/** A file as {@link ImageStore.list} sees it. */
export interface StoredFile {
  key: string
  modifiedAt: Date
}

/** What became of a {@link ImageStore.put}. */
export interface Kept {
  /** Name of the store that has the bytes. */
  store: string
  /** Bytes kept. */
  size: number
}

/** Where the bytes of images are kept. A key appears with its whole content or not at all. */
export interface ImageStore {
  /** As the configuration calls it, and the locations of images. */
  readonly name: string
  /** `control`: the store of another machine, as a host that joined the cloud reaches it. */
  readonly kind: ImageStoreSettings['kind'] | 'control'
  /**
   * Keeps the bytes under the key, which must be new, and returns once they are durable. When `body` throws, nothing is
   * left and the error is passed on.
   * @param size bytes there will be, when that is known
   */
  put(key: string, body: AsyncIterable<Uint8Array>, size?: number): Promise<Kept>
  /** @throws NephosError not_found when there is no such key */
  open(key: string, range?: ByteRange): Promise<Readable>
  /** Removes the key, also one that is being written; one that is gone is fine. */
  delete(key: string): Promise<void>
  /** Bytes under the key, or null when there is no such key. */
  size(key: string): Promise<number | null>
  /** Every key, also of uploads that are not finished. */
  list(): AsyncIterable<StoredFile>
}

/** What every key looks like. Random digits stand at its end. */
export const keyForm = /^[0-9a-zA-Z][0-9a-zA-Z._-]{2,190}$/

/** The key, unless it is none: nobody but this process says what a key is. */
export function checkedKey(key: string): string {
  if (!keyForm.test(key)) throw new Error(`not a key of the image store: ${JSON.stringify(key)}`)
  return key
}
