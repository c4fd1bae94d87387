import { checkSameOrigin } from '@nephos/api'
import { NephosError } from '@nephos/core'
import { services } from './services.ts'

const passedOn = [
  'content-type',
  'content-length',
  'content-encoding',
  'cookie',
  'user-agent',
  'x-openstack-request-id',
]

/** Passes an upload on to the API process as it arrives: nothing is kept, so memory stays as it is. */
export async function passImageOn(request: Request, id: string): Promise<Response> {
  const { config } = services()
  checkSameOrigin({ method: request.method, headers: request.headers, publicUrl: config.publicUrl })
  const headers = new Headers()
  for (const name of passedOn) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  // The API looks where a change comes from, too; to it, this comes from the dashboard.
  headers.set('sec-fetch-site', 'same-origin')
  if (!headers.has('content-type')) headers.set('content-type', 'application/octet-stream')
  const init: RequestInit & { duplex: 'half' } = {
    method: 'PUT',
    headers,
    body: request.body,
    duplex: 'half',
    signal: request.signal,
    redirect: 'error',
  }
  let answer: Response
  try {
    answer = await fetch(`${apiAddress()}/image/v2/images/${encodeURIComponent(id)}/file`, init)
  } catch (error) {
    if (request.signal.aborted) throw new NephosError('cancelled', 'The upload was interrupted.')
    throw new NephosError('unavailable', 'The API process does not answer, so the file cannot be stored.', {
      remedy: 'Try again in a moment; ./nephos status says what runs.',
      cause: error,
    })
  }
  const back = new Headers()
  for (const name of ['content-type', 'retry-after', 'x-openstack-request-id']) {
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
