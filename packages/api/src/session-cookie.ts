/** Name of the browser's session cookie; its value is the session's secret. */
export const sessionCookie = 'nephos_session'

/** Sets the session cookie on a response, or clears it with null. The session's own expiry is kept by the server. */
export function setSessionCookie(headers: Headers, secret: string | null, secure: boolean): void {
  const parts = [`${sessionCookie}=${secret ?? ''}`, 'Path=/', 'HttpOnly', 'SameSite=Lax']
  if (secure) parts.push('Secure')
  if (secret === null) parts.push('Max-Age=0')
  headers.append('Set-Cookie', parts.join('; '))
}

/** The session secret of a `Cookie` header. */
export function readSessionCookie(header: string | null | undefined): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [name, ...value] = part.trim().split('=')
    if (name === sessionCookie && value.join('=')) return value.join('=')
  }
  return undefined
}
