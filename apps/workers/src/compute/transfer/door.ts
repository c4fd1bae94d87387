import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FileOffer, type Place, pathIn, type Underlay } from './offer.ts'
import { openRelay, type Relay, socketDir } from './relay.ts'

/** What is offered, and how it is reached. */
export interface Door {
  offer: FileOffer
  close: () => Promise<void>
}

/**
 * Offers files to the host that a machine moves to: over HTTP on the network between the hosts, to
 * whoever has the secret, until it is closed. Every answer ends with the SHA-256 of what was sent.
 * @param names files of `dir`; nothing else can be fetched
 */
export async function openDoor(
  {
    migrationId,
    dir,
    names,
    sharedDisks = false,
  }: { migrationId: string; dir: Place; names: readonly string[]; sharedDisks?: boolean },
  underlay: Underlay,
): Promise<Door> {
  const secret = randomBytes(32).toString('base64url')
  const files = await Promise.all(
    names.map(async (name) => {
      const { size, mode } = await stat(pathIn(dir, name))
      return { name, bytes: size, mode: mode & 0o777 }
    }),
  )
  const server = createServer((request, response) => {
    const file = allowed(request, secret) ? files.find(({ name }) => request.url === `/${name}`) : undefined
    if (file && request.method === 'GET') return send(pathIn(dir, file.name), file.bytes, response)
    response.writeHead(file ? 405 : 404).end()
  })
  // A large disk takes long; a peer that is silent does not.
  server.requestTimeout = 0
  server.timeout = 60_000
  const { netns, address } = underlay
  const sockets = netns === null ? null : await socketDir()
  let relay: Relay | null = null
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await relay?.close()
    await sockets?.remove()
  }
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      if (sockets) server.listen(sockets.path('door'), resolve)
      else server.listen(0, address, resolve)
    })
    if (netns !== null && sockets)
      relay = await openRelay(netns, { host: address, port: 0 }, { path: sockets.path('door') })
  } catch (error) {
    await close()
    throw error
  }
  const port = relay ? (relay.at as { port: number }).port : (server.address() as AddressInfo).port
  return { offer: { migrationId, host: address, port, secret, files, sharedDisks }, close }
}

function allowed({ headers }: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${secret}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function send(path: string, bytes: number, response: ServerResponse): void {
  const hash = createHash('sha256')
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'transfer-encoding': 'chunked',
    trailer: 'x-sha256',
  })
  if (bytes === 0) {
    response.addTrailers({ 'x-sha256': hash.digest('hex') })
    response.end()
    return
  }
  // No more than was offered: what is appended meanwhile belongs to nobody.
  const stream = createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 20 })
  stream.on('data', (piece) => {
    hash.update(piece)
    if (!response.write(piece)) {
      stream.pause()
      response.once('drain', () => stream.resume())
    }
  })
  stream.on('end', () => {
    response.addTrailers({ 'x-sha256': hash.digest('hex') })
    response.end()
  })
  stream.on('error', (error) => response.destroy(error))
  response.on('close', () => stream.destroy())
}
