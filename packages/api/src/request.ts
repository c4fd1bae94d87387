import { randomUUID } from 'node:crypto'

const requestIdForm = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A new request id: `req-` and a uuid, as OpenStack has it. */
export const newRequestId = (): string => `req-${randomUUID()}`

/** The caller's own request id when it has the right form (X-OpenStack-Request-ID or X-Request-ID), or a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-openstack-request-id') ?? headers.get('x-request-id')
  return given && requestIdForm.test(given) ? given : newRequestId()
}

/** True when the browser reached us over https, directly or through the proxy that `publicUrl` names. */
export const isHttps = (url: string, publicUrl?: string): boolean =>
  publicUrl ? publicUrl.startsWith('https:') : url.startsWith('https:')
