import type { Readable } from 'node:stream'

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

/** Where the bytes of images are kept. A key appears with its whole content or not at all. */
export interface ImageStore {
  /** First part of {@link locationOf}. */
  readonly name: 'file'
  /**
   * Keeps the bytes under the key and returns once they are durable. When `body` throws, nothing is left and the
   * error is passed on. @returns bytes kept
   */
  put(key: string, body: AsyncIterable<Uint8Array>): Promise<number>
  /** @throws NephosError not_found when there is no such key */
  open(key: string, range?: ByteRange): Promise<Readable>
  /** Removes the key; one that is gone is fine. */
  delete(key: string): Promise<void>
  /** Bytes under the key, or null when there is no such key. */
  size(key: string): Promise<number | null>
  /** Every key, also of uploads that are not finished. */
  list(): AsyncIterable<StoredFile>
}

/** A place in a store, as an image's row keeps it. */
export const locationOf = (store: Pick<ImageStore, 'name'>, key: string): string => `${store.name}:${key}`
