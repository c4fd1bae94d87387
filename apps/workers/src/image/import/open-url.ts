import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { NephosError } from '@nephos/core/errors'
import { type ImportRules, type Reachable, type Resolve, reachable } from './reachable.ts'

const mostRedirects = 5
/** How long the server may be silent. */
const silenceMs = 60_000

/** A file that is being fetched. */
export interface OpenedUrl {
  body: IncomingMessage
  /** Bytes there will be, when the server says so. */
  size: number | null
}

/**
 * Asks for a file. Every address on the way, redirects too, is checked before anything is sent there.
 * @throws NephosError invalid_input for an address that may not be asked, driver_failed when the server does not give
 * the file, cancelled
 */
export async function openUrl(
  uri: string,
  { rules, signal, resolve }: { rules: ImportRules; signal: AbortSignal; resolve?: Resolve },
): Promise<OpenedUrl> {
  let url = new URL(uri)
  for (let redirects = 0; ; redirects++) {
    const addresses = await reachable(url, rules, resolve)
    const response = await ask(url, addresses, signal)
    const { statusCode = 0, headers } = response
    if (statusCode === 200) {
      const encoding = headers['content-encoding'] ?? 'identity'
      if (encoding === 'identity') return { body: response, size: sizeOf(response) }
      response.destroy()
      throw failed(`${url.host} sends the file in a form that was not asked for (${encoding}).`)
    }
    response.destroy()
    if (statusCode < 300 || statusCode > 399 || !headers.location)
      throw failed(`${url.host} answered ${statusCode} when it was asked for the file.`)
    if (redirects === mostRedirects)
      throw failed(`${new URL(uri).host} sends on more than ${mostRedirects} times.`)
    if (!URL.canParse(headers.location, url.href))
      throw failed(`${url.host} sends on to an address that is none.`)
    const next = new URL(headers.location, url)
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw failed(`${url.host} sends on from https to http, where anybody could change the file.`)
    url = next
  }
}

function ask(url: URL, addresses: Reachable[], signal: AbortSignal): Promise<IncomingMessage> {
  const lookup: LookupFunction = (_hostname, options, answer) => {
    if (options.all) answer(null, addresses)
    else answer(null, addresses[0]!.address, addresses[0]!.family)
  }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      lookup,
      agent: false,
      signal,
      headers: { 'user-agent': 'Nephos', accept: '*/*', 'accept-encoding': 'identity' },
    })
    request.setTimeout(silenceMs, () =>
      request.destroy(new NephosError('timeout', `${url.host} was silent for ${silenceMs / 1000} seconds.`)),
    )
    request.on('response', resolve)
    request.on('error', (error) => reject(explained(error, url, signal)))
    request.end()
  })
}

/** What an error of the connection is called. */
export function explained(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (error instanceof NephosError) return error
  if (signal.aborted) return new NephosError('cancelled', 'The import was cancelled.', { cause: error })
  const { code, message } = error as NodeJS.ErrnoException
  return failed(`The connection to ${url.host} failed: ${code ?? message}.`, error)
}

function sizeOf({ headers }: IncomingMessage): number | null {
  const length = Number(headers['content-length'])
  return headers['content-length'] !== undefined && Number.isSafeInteger(length) ? length : null
}

const failed = (message: string, cause?: unknown) =>
  new NephosError('driver_failed', message, { remedy: 'Check the address, or upload the file.', cause })
