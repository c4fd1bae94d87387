import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { NephosError } from '@nephos/core/errors'
import type { BaseImage } from '../../driver.ts'
import { type CacheLimits, makeRoom } from './image-cache-room.ts'

const gib = 2 ** 30
/** As much as there is room for, but for what machines need to go on. */
const roomy: CacheLimits = { mostBytes: 0, freeBytes: gib }

interface Flight {
  done: Promise<void>
  controller: AbortController
  listeners: Set<(bytes: number) => void>
}

/** The images that a host keeps copies of, named by their hash; machines have hard links to them. */
export class ImageCache {
  readonly #dir: string
  readonly #owner: string
  readonly #limits: CacheLimits
  readonly #flights = new Map<string, Flight>()

  /** @param owner whose unfinished copies are removed: others may have the directory, too */
  constructor(dir: string, owner: string, limits: CacheLimits = roomy) {
    this.#dir = dir
    this.#owner = owner
    this.#limits = limits
  }

  /** Where the finished copy of an image is. */
  path({ sha512, format }: Pick<BaseImage, 'sha512' | 'format'>): string {
    if (!/^[0-9a-f]{128}$/.test(sha512))
      throw new NephosError('invalid_input', 'The hash of an image is 128 hex digits.', {
        field: 'image.sha512',
      })
    return join(this.#dir, `${sha512}.${format}`)
  }

  /** Makes the directory and removes what an interrupted copy left. */
  async open(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o755 })
    for (const name of await readdir(this.#dir))
      if (name.endsWith(`.${this.#owner}.part`)) await rm(join(this.#dir, name), { force: true })
  }

  /**
   * Sees to it that the image is here. Callers that ask at the same time share one copy; it goes on as long as one of
   * them still wants it.
   * @throws NephosError driver_failed when the bytes are not those that the hash promises; cancelled
   */
  async ensure(
    image: BaseImage,
    { signal, onProgress }: { signal: AbortSignal; onProgress: (bytes: number) => void },
  ): Promise<void> {
    const path = this.path(image)
    for (;;) {
      if (signal.aborted) throw cancelled(signal)
      if (await touched(path)) return onProgress(image.sizeBytes)
      const flight = this.#flights.get(path) ?? this.#launch(path, image)
      // One that everybody else has given up is only waited for; then a new one starts.
      if (flight.controller.signal.aborted) {
        await flight.done.catch(() => {})
        continue
      }
      return this.#join(flight, signal, onProgress)
    }
  }

  async #join(flight: Flight, signal: AbortSignal, onProgress: (bytes: number) => void): Promise<void> {
    const listener = (bytes: number) => onProgress(bytes)
    flight.listeners.add(listener)
    let leave = () => {}
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(cancelled(signal))
    })
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    try {
      await Promise.race([flight.done, left])
    } finally {
      signal.removeEventListener('abort', leave)
      flight.listeners.delete(listener)
      if (flight.listeners.size === 0) flight.controller.abort()
    }
  }

  #launch(path: string, image: BaseImage): Flight {
    const controller = new AbortController()
    const listeners = new Set<(bytes: number) => void>()
    const report = (bytes: number) => {
      for (const listener of listeners) listener(bytes)
    }
    const done = makeRoom(this.#dir, this.#limits, { wanted: image.sizeBytes })
      .then(() => copy(path, this.#owner, image, controller.signal, report))
      .finally(() => this.#flights.delete(path))
    done.catch(() => {})
    const flight = { done, controller, listeners }
    this.#flights.set(path, flight)
    return flight
  }
}

/** Whether a finished copy is here. It is noted as used now, which keeps it from being removed first. */
async function touched(path: string): Promise<boolean> {
  const now = new Date()
  try {
    await utimes(path, now, now)
    return (await stat(path)).isFile()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function copy(
  path: string,
  owner: string,
  image: BaseImage,
  signal: AbortSignal,
  report: (bytes: number) => void,
): Promise<void> {
  const part = `${path}.${randomBytes(4).toString('hex')}.${owner}.part`
  try {
    const file = await open(part, 'wx', 0o644)
    try {
      await pipeline(await image.open(), (chunks) => write(chunks, file, image, report), { signal })
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    if (error instanceof NephosError) throw error
    if (signal.aborted) throw cancelled(signal)
    throw new NephosError(
      'driver_failed',
      `The image could not be copied to this host: ${(error as Error).message}`,
      { detail: { imageId: image.imageId }, cause: error },
    )
  }
}

async function write(
  chunks: AsyncIterable<Buffer>,
  file: FileHandle,
  image: BaseImage,
  report: (bytes: number) => void,
): Promise<void> {
  const hash = createHash('sha512')
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > image.sizeBytes) throw damaged(image, `has more than its ${image.sizeBytes} bytes`)
    hash.update(chunk)
    await file.writeFile(chunk)
    report(bytes)
  }
  if (bytes !== image.sizeBytes) throw damaged(image, `has ${bytes} of its ${image.sizeBytes} bytes`)
  if (hash.digest('hex') !== image.sha512) throw damaged(image, 'does not have the bytes its hash promises')
}

const damaged = (image: BaseImage, how: string): NephosError =>
  new NephosError('driver_failed', `The copy of image ${image.imageId} ${how}.`, {
    remedy: 'Upload the image again.',
    detail: { imageId: image.imageId },
  })

const cancelled = (signal: AbortSignal): NephosError =>
  new NephosError('cancelled', 'The copy of the image was cancelled.', { cause: signal.reason })
