import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  type ConsoleGrant,
  consoleCloses,
  consolePath,
  linkConsole,
  NephosError,
  type OpenServices,
  redeemConsoleToken,
  resolveSession,
} from '@nephos/core'
import { type WebSocket, WebSocketServer } from 'ws'
import { isSameOrigin } from '../origin.ts'
import { readSessionCookie } from '../session-cookie.ts'
import { closeReason } from './close-reason.ts'
import { serveConsole } from './serve.ts'

/** Largest message of a client, in bytes; a larger one closes its console with code 1009. */
const largestMessage = 1_048_576
/** A client that does not answer the close within this time is cut. */
const patienceMs = 1_000

/** Accepts the WebSockets of consoles for one process. */
export interface ConsoleDoor {
  /** Takes an upgrade to `/console`. @returns false when it is for somebody else */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
  /** Consoles open now. */
  open: () => number
  /** Ends all of them: clients come back by themselves. */
  close: () => void
}

/**
 * Makes the door to the consoles. A browser must come from the dashboard's own origin; a token is taken once, before
 * the first byte; what is wrong is told as a close code of `consoleCloses`, as a browser is shown nothing of a
 * refused upgrade.
 */
export function openConsoleDoor(services: OpenServices): ConsoleDoor {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
    clientTracking: true,
  })
  return {
    open: () => server.clients.size,
    close: () => {
      for (const client of server.clients) {
        client.resume()
        client.close(consoleCloses.lost, 'The process behind the console is being restarted.')
        setTimeout(() => client.terminate(), patienceMs).unref()
      }
    },
    upgrade: (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      if (url.pathname !== consolePath) return false
      const headers = headersOf(request)
      if (headers.has('origin') && !isSameOrigin(headers, services.config.publicUrl)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
        return true
      }
      server.handleUpgrade(request, socket, head, (client) => {
        void admit(services, client, url.searchParams.get('token') ?? '', headers)
      })
      return true
    },
  }
}

async function admit(
  services: OpenServices,
  client: WebSocket,
  token: string,
  headers: Headers,
): Promise<void> {
  // What a client sends before its console is there waits in the socket.
  client.pause()
  try {
    const grant = await redeem(services, token, headers)
    await serveConsole(client, (end) => linkConsole(services, grant, end))
  } catch (error) {
    const { code, reason } = closeOf(error)
    if (code === consoleCloses.lost && !(error instanceof NephosError))
      services.log.error({ err: error }, 'a console could not be opened')
    client.resume()
    client.close(code, reason)
  }
}

async function redeem(services: OpenServices, token: string, headers: Headers): Promise<ConsoleGrant> {
  const secret = readSessionCookie(headers.get('cookie'))
  const actor = secret ? await resolveSession(services, secret) : null
  const sessionId = actor?.via.type === 'session' ? actor.via.sessionId : null
  return redeemConsoleToken(services, token, sessionId)
}

const closes: Partial<Record<NephosError['code'], number>> = {
  unauthenticated: consoleCloses.token,
  forbidden: consoleCloses.forbidden,
  not_found: consoleCloses.gone,
  conflict: consoleCloses.stopped,
  unsupported: consoleCloses.unsupported,
  quota_exceeded: consoleCloses.tooMany,
}

function closeOf(error: unknown): { code: number; reason: string } {
  if (!(error instanceof NephosError))
    return { code: consoleCloses.lost, reason: 'The console could not be opened.' }
  return { code: closes[error.code] ?? consoleCloses.lost, reason: closeReason(error.message) }
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string') headers.set(name, value)
  return headers
}
