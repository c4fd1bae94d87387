import type { NephosConfig } from '@nephos/config'
import { hashSecret } from '../../identity/principals/secret.ts'

/** How long a console token waits to be used, in ms. */
export const consoleTokenMs = 60_000

/** Path at which the dashboard and the API accept the WebSocket of a console. */
export const consolePath = '/console'

/** What is stored of a console token. */
export const hashConsoleToken = hashSecret

/** Where a client takes its token: the dashboard's own origin, as a browser sees it. */
export function consoleUrl(
  { publicUrl, bind, webPort }: Pick<NephosConfig, 'publicUrl' | 'bind' | 'webPort'>,
  token: string,
): string {
  const anywhere = bind === '0.0.0.0' || bind === '::'
  const host = anywhere ? 'localhost' : bind.includes(':') ? `[${bind}]` : bind
  const url = new URL(publicUrl ?? `http://${host}:${webPort}`)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.pathname = consolePath
  url.search = `?token=${token}`
  return url.href
}
