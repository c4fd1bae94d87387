import { chmod, mkdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, Server } from 'node:http'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import { healthSocket, processName } from '@nephos/config'
import { consoleDoor } from './console-door.ts'
import { health, metrics } from './probes.ts'
import { peerHeader } from './request.ts'
import { services } from './services.ts'

/** What the process does once, before its first request. */
export async function start(): Promise<void> {
  watchServers()
  // Opening them now makes a wrong configuration fail the start, and the event stream known before the first page.
  const { config, log, queue, close } = services()
  queue.hub()
  const socket = healthSocket(config, processName('web'))
  const probes = await listenOnSocket(socket)

  let ending = false
  const end = async (signal: string) => {
    if (ending) return
    ending = true
    log.info({ signal }, 'ending')
    consoleDoor().close()
    probes.close()
    await rm(socket, { force: true })
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
  log.info('the dashboard is starting')
}

/**
 * Next does not tell handlers who connected: it is written into a header that no client can set. And its route
 * handlers cannot accept a WebSocket, so those of consoles are taken here, before Next sees them: consoles are at the
 * dashboard's own origin, with its session cookie, and need no second port.
 */
function watchServers(): void {
  type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean
  const prototype = Server.prototype as unknown as { emit: Emit }
  const { emit } = prototype
  prototype.emit = function (event, ...args) {
    if (event === 'request' || event === 'upgrade') {
      const request = args[0] as IncomingMessage
      request.headers[peerHeader] = request.socket.remoteAddress ?? ''
      if (event === 'upgrade' && consoleDoor().upgrade(request, args[1] as Duplex, args[2] as Buffer))
        return true
    }
    return emit.call(this, event, ...args)
  }
}

async function listenOnSocket(path: string): Promise<Server> {
  await mkdir(dirname(path), { recursive: true })
  await rm(path, { force: true })
  const server = createServer(async (request, response) => {
    if (request.url === '/healthz') {
      const state = await health()
      response.writeHead(state.status === 'down' ? 503 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(state))
    } else if (request.url === '/metrics') {
      response.writeHead(200, { 'content-type': metrics().contentType })
      response.end(await metrics().metrics())
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  return server
}
