import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { NephosError, notFound } from '../../kernel/index.ts'
import type { ByteRange, ImageStore, Kept, StoredFile } from './define.ts'

/** Who asks, and where. */
export interface ControlStoreOptions {
  /** The HTTP API of the cloud. */
  url: string
  hostName: string
  secret: string
  /** Name of the store there; missing: the one that new images go to. */
  store?: string
}

/** A store of a cloud, as a host on another machine reaches it: the files are where the cloud's API runs. */
export class ControlStore implements ImageStore {
  readonly kind = 'control'

  constructor(private readonly options: ControlStoreOptions) {}

  get name(): string {
    return this.options.store ?? 'default'
  }

  async put(key: string, body: AsyncIterable<Uint8Array>): Promise<Kept> {
    const response = await this.#ask('PUT', key, {
      // Node's streams of the web and those of the DOM are the same to fetch, not to the compiler.
      body: Readable.from(body) as unknown as RequestInit['body'],
      // A stream can be sent once only; nobody waits for an answer before its end.
      duplex: 'half',
      headers: { 'content-type': 'application/octet-stream' },
    })
    return (await this.#must(response, key).json()) as Kept
  }

  async open(key: string, range?: ByteRange): Promise<Readable> {
    const headers = range && { range: `bytes=${range.start}-${range.end}` }
    const response = this.#must(await this.#ask('GET', key, { headers }), key)
    return Readable.fromWeb(response.body as ReadableStream)
  }

  async delete(key: string): Promise<void> {
    this.#must(await this.#ask('DELETE', key), key)
  }

  async size(key: string): Promise<number | null> {
    const response = await this.#ask('HEAD', key)
    if (response.status === 404) return null
    return Number(this.#must(response, key).headers.get('content-length'))
  }

  /** Cleaning up is the cloud's own work. */
  // biome-ignore lint/correctness/useYield: it never gives one
  async *list(): AsyncIterable<StoredFile> {
    throw new NephosError('unsupported', 'A host cannot list the files of images.')
  }

  async #ask(method: string, key: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<Response> {
    const { url, hostName, secret, store } = this.options
    const query = store === undefined ? '' : `?${new URLSearchParams({ store })}`
    try {
      return await fetch(`${url}/hosts/files/${encodeURIComponent(key)}${query}`, {
        ...init,
        method,
        headers: { ...(init.headers as Record<string, string>), authorization: `Host ${hostName}:${secret}` },
      })
    } catch (error) {
      // An error of the stream that is being sent is the sender's own.
      if (error instanceof NephosError) throw error
      if ((error as Error).cause instanceof NephosError) throw (error as Error).cause
      throw new NephosError(
        'unavailable',
        `The API of the cloud (${url}) cannot be reached for image files.`,
        {
          cause: error,
        },
      )
    }
  }

  #must(response: Response, key: string): Response {
    if (response.ok) return response
    if (response.status === 404) throw notFound('stored image file', key)
    if (response.status === 401)
      throw new NephosError(
        'unauthenticated',
        `The cloud does not know host ${this.options.hostName} any more.`,
        {
          remedy: 'Join again with a new token: `./nephos host token` on the machine of the cloud.',
        },
      )
    throw new NephosError(
      'driver_failed',
      `The cloud answered ${response.status} when asked for an image file.`,
    )
  }
}
