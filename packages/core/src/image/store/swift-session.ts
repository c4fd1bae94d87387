import type { SwiftStoreSettings } from '@nephos/config'
import { z } from 'zod'
import { NephosError } from '../../kernel/index.ts'

/** What an answer of the authentication is good for. */
interface Session {
  /** Address of the account. */
  url: string
  token: string
}

/** A request to Swift. */
export interface SwiftRequest {
  method: 'GET' | 'PUT' | 'HEAD' | 'DELETE'
  /** Below the account, every part of it encoded. */
  path: string
  headers?: Record<string, string>
  body?: RequestInit['body']
  signal?: AbortSignal
}

const catalogue = z.object({
  token: z.object({
    catalog: z.array(
      z.object({
        type: z.string(),
        endpoints: z.array(
          z.object({ interface: z.string(), region: z.string().nullish(), url: z.string() }),
        ),
      }),
    ),
  }),
})

/** Signed requests to one Swift. A token that ended is replaced once. */
export class SwiftSession {
  readonly #settings: SwiftStoreSettings
  #session: Promise<Session> | null = null

  constructor(settings: SwiftStoreSettings) {
    this.#settings = settings
  }

  /** @throws NephosError unavailable when it does not answer, driver_failed when it refuses */
  async ask(request: SwiftRequest): Promise<Response> {
    // The token is tried before a stream is given away, which can be sent once only.
    const streamed = request.body !== undefined && typeof request.body !== 'string'
    if (streamed) await this.#refreshed()
    const response = await this.#send(request)
    if (response.status !== 401 || streamed) return this.#judged(response)
    await response.body?.cancel()
    this.#session = null
    return this.#judged(await this.#send(request))
  }

  async #refreshed(): Promise<void> {
    const response = await this.#send({ method: 'HEAD', path: '' })
    await response.body?.cancel()
    if (response.status === 401) this.#session = null
  }

  async #send({ method, path, headers, body, signal }: SwiftRequest): Promise<Response> {
    this.#session ??= this.#authenticate()
    const { url, token } = await this.#session.catch((error) => {
      this.#session = null
      throw error
    })
    return this.#fetch(`${url}${path}`, {
      method,
      body,
      signal,
      headers: { ...headers, 'x-auth-token': token },
      // A stream is sent while nobody waits for an answer.
      ...(body !== undefined && { duplex: 'half' }),
    })
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init)
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason
      // What the sender of a stream says is its own.
      const cause = (error as Error).cause
      if (cause instanceof NephosError) throw cause
      throw new NephosError('unavailable', `The image store ${this.#settings.name} cannot be reached.`, {
        cause: error,
      })
    }
  }

  #judged(response: Response): Response {
    const { name } = this.#settings
    if (response.ok || response.status === 404) return response
    void response.body?.cancel()
    if (response.status === 401 || response.status === 403)
      throw new NephosError('driver_failed', `The image store ${name} refused our user.`, {
        remedy: 'Give a user who may read, write, list and delete in image_stores.',
      })
    if (response.status === 413 || response.status === 507)
      throw new NephosError('driver_failed', `The image store ${name} has no space left.`, {
        remedy: 'Delete images that are no longer needed, or give the store more space.',
      })
    throw new NephosError(
      response.status >= 500 ? 'unavailable' : 'driver_failed',
      `The image store ${name} answered ${response.status}.`,
    )
  }

  async #authenticate(): Promise<Session> {
    const { version, name } = this.#settings
    const response = await (version === 1 ? this.#v1() : this.#v3())
    const session = response.ok
      ? version === 1
        ? {
            url: response.headers.get('x-storage-url') ?? '',
            token: response.headers.get('x-auth-token') ?? '',
          }
        : await this.#ofCatalogue(response)
      : null
    if (session?.url && session.token) return { ...session, url: session.url.replace(/\/$/, '') }
    throw new NephosError(
      response.status >= 500 ? 'unavailable' : 'driver_failed',
      `The image store ${name} did not let us sign in (${response.status}).`,
      { remedy: 'Check the address, the user and its key in image_stores.' },
    )
  }

  #v1(): Promise<Response> {
    const { authUrl, user, key } = this.#settings
    return this.#fetch(authUrl, { headers: { 'x-auth-user': user, 'x-auth-key': key } })
  }

  #v3(): Promise<Response> {
    const { authUrl, user, key: password, project, domain } = this.#settings
    const auth = {
      identity: {
        methods: ['password'],
        password: { user: { name: user, domain: { name: domain }, password } },
      },
      scope: { project: { name: project, domain: { name: domain } } },
    }
    return this.#fetch(`${authUrl}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth }),
    })
  }

  async #ofCatalogue(response: Response): Promise<Session | null> {
    const { region } = this.#settings
    const parsed = catalogue.safeParse(await response.json().catch(() => null))
    const endpoints = parsed.data?.token.catalog.find(({ type }) => type === 'object-store')?.endpoints ?? []
    const url = endpoints.find((it) => it.interface === 'public' && (!region || it.region === region))?.url
    return url ? { url, token: response.headers.get('x-subject-token') ?? '' } : null
  }
}
