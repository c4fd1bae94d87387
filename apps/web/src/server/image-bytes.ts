import { checkSameOrigin } from '@nephos/api'
import { NephosError } from '@nephos/core'
import { services } from './services.ts'

const passedOn = [
  'content-type',
  'content-length',
  'content-encoding',
  'cookie',
  'range',
  'upload-offset',
  'user-agent',
  'x-openstack-request-id',
]
const passedBack = [
  'accept-ranges',
  'content-disposition',
  'content-length',
  'content-range',
  'content-type',
  'retry-after',
  'upload-offset',
  'x-openstack-request-id',
]

/**
 * Passes a request for the bytes of an image on to the API process, and its answer back, as they arrive: nothing is
 * kept, so memory stays as it is.
 * @param path below the image: `file`, `uploads/…`
 */
export async function passToImage(request: Request, id: string, path: string): Promise<Response> {
  const { config } = services()
  const { method } = request
  checkSameOrigin({ method, headers: request.headers, publicUrl: config.publicUrl })
  const headers = new Headers()
  for (const name of passedOn) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  // The API looks where a change comes from, too; to it, this comes from the dashboard.
  headers.set('sec-fetch-site', 'same-origin')
  const init: RequestInit & { duplex: 'half' } = {
    method,
    headers,
    body: method === 'PATCH' ? request.body : undefined,
    duplex: 'half',
    signal: request.signal,
    redirect: 'error',
  }
  let answer: Response
  try {
    answer = await fetch(`${apiAddress()}/image/v2/images/${encodeURIComponent(id)}/${path}`, init)
  } catch (error) {
    if (request.signal.aborted) throw new NephosError('cancelled', 'The request was interrupted.')
    throw new NephosError('unavailable', 'The API process does not answer.', {
      remedy: 'Try again in a moment; ./nephos status says what runs.',
      cause: error,
    })
  }
  const back = new Headers()
  for (const name of passedBack) {
    const value = answer.headers.get(name)
    if (value !== null) back.set(name, value)
  }
  return new Response(answer.body, { status: answer.status, headers: back })
}

function apiAddress(): string {
  const { bind, apiPort } = services().config
  const host =
    bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '[::1]' : bind.includes(':') ? `[${bind}]` : bind
  return `http://${host}:${apiPort}`
}
