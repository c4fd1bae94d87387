import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { SwiftStoreSettings } from '@nephos/config'
import { z } from 'zod'
import { NephosError, notFound } from '../../kernel/index.ts'
import { type ByteRange, checkedKey, type ImageStore, type Kept, type StoredFile } from './define.ts'
import { inStreams } from './pieces.ts'
import { SwiftSession } from './swift-session.ts'

/** A file has at most 1,000 segments; a few are kept in reserve. */
const mostSegments = 950
const mib = 2 ** 20

/** A segment as the file's manifest names it. */
interface Segment {
  path: string
  etag: string
  size_bytes: number
}

const listing = z.array(z.object({ name: z.string(), last_modified: z.string() }))

/**
 * Keeps files in a container of OpenStack Swift, as static large objects: their bytes are segments in a container
 * beside it, `<container>_segments/<key>/…`, sent as they come; the file itself is the list of them, written last.
 */
export class SwiftStore implements ImageStore {
  readonly kind = 'swift'
  readonly name: string
  readonly #settings: SwiftStoreSettings
  readonly #session: SwiftSession
  #containers: Promise<void> | null = null

  constructor(settings: SwiftStoreSettings) {
    this.#settings = settings
    this.name = settings.name
    this.#session = new SwiftSession(settings)
  }

  async put(key: string, body: AsyncIterable<Uint8Array>, size?: number): Promise<Kept> {
    await this.#makeContainers()
    const segments: Segment[] = []
    try {
      for await (const stream of inStreams(body, segmentSizes(this.#settings.segmentBytes, size)))
        segments.push(await this.#putSegment(key, segments.length, stream))
      await this.#session.ask({
        method: 'PUT',
        path: `${this.#object(key)}?multipart-manifest=put`,
        headers: { 'content-type': 'application/octet-stream' },
        body: JSON.stringify(segments),
      })
      return { store: this.name, size: segments.reduce((sum, segment) => sum + segment.size_bytes, 0) }
    } catch (error) {
      await this.delete(key).catch(() => {})
      throw error
    }
  }

  async #putSegment(key: string, index: number, stream: AsyncIterable<Uint8Array>): Promise<Segment> {
    const hash = createHash('md5')
    const stop = new AbortController()
    let [size, failure]: [number, unknown] = [0, null]
    async function* counted() {
      try {
        for await (const chunk of stream) {
          hash.update(chunk)
          size += chunk.length
          yield chunk
        }
      } catch (error) {
        // The end of a chunked body must not look like a whole one.
        failure = error
        stop.abort(error)
        throw error
      }
    }
    const name = `${checkedKey(key)}/${String(index).padStart(8, '0')}`
    const response = await this.#session
      .ask({
        method: 'PUT',
        path: `/${this.#segmentContainer}/${name}`,
        headers: { 'content-type': 'application/octet-stream' },
        // Node's streams of the web and those of the DOM are the same to fetch, not to the compiler.
        body: Readable.from(counted()) as unknown as RequestInit['body'],
        signal: stop.signal,
      })
      .catch((error) => {
        throw failure ?? error
      })
    const etag = hash.digest('hex')
    if (response.headers.get('etag')?.replaceAll('"', '') !== etag)
      throw new NephosError(
        'driver_failed',
        `The image store ${this.name} kept other bytes than it was sent.`,
      )
    return { path: `/${decodeURIComponent(this.#segmentContainer)}/${name}`, etag, size_bytes: size }
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    const headers = range && { range: `bytes=${range.start}-${range.end}` }
    const response = await this.#session.ask({ method: 'GET', path: this.#object(key), headers })
    if (response.status === 404) {
      await response.body?.cancel()
      throw notFound('stored image file', key)
    }
    return Readable.fromWeb(response.body as ReadableStream)
  }

  async delete(key: string): Promise<void> {
    await this.#remove(this.#object(key))
    for await (const { name } of this.#names(this.#segmentContainer, `${checkedKey(key)}/`))
      await this.#remove(`/${this.#segmentContainer}/${name}`)
  }

  async size(key: string): Promise<number | null> {
    const response = await this.#session.ask({ method: 'HEAD', path: this.#object(key) })
    return response.status === 404 ? null : Number(response.headers.get('content-length'))
  }

  async *list(): AsyncIterable<StoredFile> {
    const seen = new Set<string>()
    for await (const { name, modifiedAt } of this.#names(this.#container, '')) {
      seen.add(name)
      yield { key: name, modifiedAt }
    }
    // Of a file that was never finished there are segments only; the newest says how old it is.
    let last: StoredFile | null = null
    for await (const { name, modifiedAt } of this.#names(this.#segmentContainer, '')) {
      const key = name.split('/')[0]!
      if (seen.has(key)) continue
      if (last && last.key !== key) yield last
      last = { key, modifiedAt }
    }
    if (last) yield last
  }

  get #container(): string {
    return encodeURIComponent(this.#settings.container)
  }

  get #segmentContainer(): string {
    return encodeURIComponent(`${this.#settings.container}_segments`)
  }

  #object(key: string): string {
    return `/${this.#container}/${checkedKey(key)}`
  }

  #makeContainers(): Promise<void> {
    this.#containers ??= (async () => {
      for (const container of [this.#container, this.#segmentContainer])
        await this.#session.ask({ method: 'PUT', path: `/${container}` })
    })().catch((error) => {
      this.#containers = null
      throw error
    })
    return this.#containers
  }

  async #remove(path: string): Promise<void> {
    await (await this.#session.ask({ method: 'DELETE', path })).body?.cancel()
  }

  /** Names in a container that begin like this, in order; none when there is no such container. */
  async *#names(container: string, prefix: string): AsyncIterable<{ name: string; modifiedAt: Date }> {
    for (let marker = ''; ; ) {
      const query = new URLSearchParams({ format: 'json', prefix, marker })
      const response = await this.#session.ask({ method: 'GET', path: `/${container}?${query}` })
      if (response.status === 404) return void (await response.body?.cancel())
      const page = response.status === 204 ? [] : listing.parse(await response.json())
      // Swift tells times in UTC, without saying so.
      for (const { name, last_modified } of page)
        yield { name, modifiedAt: new Date(last_modified.replace(/Z?$/, 'Z')) }
      const last = page.at(-1)
      if (!last) return
      marker = last.name
    }
  }
}

/** How large each segment is: what is known to be large in few; otherwise they grow with what has come. */
function* segmentSizes(smallest: number, size?: number): Generator<number> {
  const fitting = size === undefined ? 0 : Math.ceil(size / mostSegments / mib) * mib
  for (let segment = 0; ; segment++)
    yield size === undefined
      ? smallest * 2 ** Math.min(4, Math.floor(segment / 200))
      : Math.max(smallest, fitting)
}
