import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { NephosError, notFound } from '../../kernel/index.ts'
import { type ByteRange, checkedKey, type ImageStore, type Kept, keyForm, type StoredFile } from './define.ts'

const partial = '.part'
const batchBytes = 1_048_576

/** Keeps files below `root`, spread over directories by the end of their key, readable by this user only. */
export class FilesystemStore implements ImageStore {
  readonly kind = 'filesystem'

  constructor(
    private readonly root: string,
    readonly name: string,
  ) {}

  async put(key: string, body: AsyncIterable<Uint8Array>): Promise<Kept> {
    const path = this.path(key)
    const directory = dirname(path)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const temporary = `${path}${partial}`
    const file = await open(temporary, 'wx', 0o600)
    try {
      const size = await writeAll(file, body)
      await file.sync()
      await file.close()
      await rename(temporary, path)
      await syncDirectory(directory)
      return { store: this.name, size }
    } catch (error) {
      await file.close().catch(() => {})
      await rm(temporary, { force: true })
      throw full(error)
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    const path = this.path(key)
    const file = await open(path, 'r').catch((error: unknown) => {
      throw isMissing(error) ? notFound('stored image file', key) : error
    })
    return createReadStream(path, { fd: file, ...range, autoClose: true, highWaterMark: 262_144 })
  }

  async delete(key: string): Promise<void> {
    const path = this.path(key)
    await rm(path, { force: true })
    await rm(`${path}${partial}`, { force: true })
  }

  async size(key: string): Promise<number | null> {
    try {
      return (await stat(this.path(key))).size
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async *list(): AsyncIterable<StoredFile> {
    for (const shard of await entries(this.root)) {
      const directory = join(this.root, shard)
      for (const name of await entries(directory)) {
        const found = await stat(join(directory, name)).catch(() => null)
        const key = name.endsWith(partial) ? name.slice(0, -partial.length) : name
        if (found?.isFile() && keyForm.test(key)) yield { key, modifiedAt: found.mtime }
      }
    }
  }

  /** Random digits stand at the end of a key, so its last two spread well. */
  private path(key: string): string {
    return join(this.root, checkedKey(key).slice(-2).toLowerCase(), key)
  }
}

/** Writes a batch while the next one arrives. The pieces must stay as they are until they are written. */
async function writeAll(file: FileHandle, body: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0
  let gathered = 0
  let batch: Uint8Array[] = []
  let writing: Promise<void> = Promise.resolve()
  const flush = async () => {
    await writing
    writing = writeBatch(file, batch)
    // Whoever waits for it next hears of it.
    writing.catch(() => {})
    batch = []
    gathered = 0
  }
  try {
    for await (const chunk of body) {
      batch.push(chunk)
      gathered += chunk.length
      size += chunk.length
      if (gathered >= batchBytes) await flush()
    }
    await flush()
  } finally {
    await writing
  }
  return size
}

async function writeBatch(file: FileHandle, batch: Uint8Array[]): Promise<void> {
  let rest = batch
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest)
    const from = rest.findIndex(({ length }) => {
      if (bytesWritten < length) return true
      bytesWritten -= length
      return false
    })
    if (from === -1) return
    rest = [rest[from]!.subarray(bytesWritten), ...rest.slice(from + 1)]
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | null)?.code
const isMissing = (error: unknown) => codeOf(error) === 'ENOENT'

const full = (error: unknown): unknown =>
  codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT'
    ? new NephosError('driver_failed', 'The image store has no space left.', {
        remedy: 'Delete images that are no longer needed, or give the store more space.',
        cause: error,
      })
    : error

async function entries(path: string): Promise<string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (isMissing(error) || codeOf(error) === 'ENOTDIR') return []
    throw error
  }
}
