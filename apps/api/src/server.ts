import { chmod, mkdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { ConsoleDoor } from '@nephos/api'
import type { NephosConfig } from '@nephos/config'
import type { ApiApps } from './app.ts'

/** The listening API. */
export interface ApiServer {
  /** `http://127.0.0.1:8774` */
  url: string
  port: number
  /** Takes no new requests, lets running ones finish for `graceMs`, then cuts them. */
  close: (graceMs?: number) => Promise<void>
}

const headersMs = 15_000
const idleMs = 120_000

/** Listens on the configured address and, when given, on a unix socket for the probes. */
export async function listen(
  { api, probes }: ApiApps,
  { bind, apiPort }: Pick<NephosConfig, 'bind' | 'apiPort'>,
  probeSocket?: string,
  consoles?: ConsoleDoor,
): Promise<ApiServer> {
  const server = createServer({ keepAliveTimeout: 65_000 }, getRequestListener(api.fetch))
  server.on('upgrade', (request, socket, head) => {
    if (!consoles?.upgrade(request, socket, head))
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  server.headersTimeout = headersMs
  // An image may take hours to arrive; what is silent for too long is cut by the idle time instead.
  server.requestTimeout = 0
  server.timeout = idleMs
  await listening(server, () => server.listen(apiPort, bind))
  const servers = [server]
  if (probeSocket) servers.push(await listenOnSocket(getRequestListener(probes.fetch), probeSocket))

  const { address, port } = server.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    port,
    close: async (graceMs = 10_000) => {
      consoles?.close()
      const cut = setTimeout(() => {
        for (const one of servers) one.closeAllConnections()
      }, graceMs)
      await Promise.all(servers.map(ended))
      clearTimeout(cut)
      if (probeSocket) await rm(probeSocket, { force: true })
    },
  }
}

async function listenOnSocket(handler: ReturnType<typeof getRequestListener>, path: string): Promise<Server> {
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { force: true })
  const server = createServer(handler)
  await listening(server, () => server.listen(path))
  await chmod(path, 0o600)
  return server
}

const listening = (server: Server, start: () => void) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    start()
  })

const ended = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
