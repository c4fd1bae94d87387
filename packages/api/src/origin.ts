import { NephosError } from '@nephos/core'

/** What {@link checkSameOrigin} looks at. */
export interface OriginCheck {
  method: string
  headers: Headers
  /** Address of the dashboard as browsers see it, when a proxy stands in front (`public_url`). */
  publicUrl?: string
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses a change that a browser was made to send by another site. Call it wherever the session cookie counts. The
 * browser's own word (Sec-Fetch-Site) decides; where it is not sent (plain http on a name other than localhost), the
 * Origin must name the host that was asked.
 * @throws NephosError forbidden
 */
export function checkSameOrigin({ method, headers, publicUrl }: OriginCheck): void {
  if (safeMethods.has(method.toUpperCase())) return
  const site = headers.get('sec-fetch-site')
  if (site !== null) {
    if (site === 'same-origin') return
    throw refused(site)
  }
  const origin = headers.get('origin')
  if (origin === null) throw refused('no Origin header')
  if (!isSameOrigin(headers, publicUrl)) throw refused(origin)
}

/** True when the Origin header names the host that was asked, or the one that browsers know us by. */
export function isSameOrigin(headers: Headers, publicUrl?: string): boolean {
  const origin = headers.get('origin') ?? ''
  const host = URL.canParse(origin) ? new URL(origin).host : null
  const own = [headers.get('host'), publicUrl && URL.canParse(publicUrl) ? new URL(publicUrl).host : null]
  return host !== null && own.includes(host)
}

const refused = (from: string) =>
  new NephosError('forbidden', 'This request did not come from the dashboard itself.', {
    remedy: 'Open the dashboard and try there; scripts use a token and no cookie.',
    detail: { from },
  })
