import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isPasswordPath, metadataDocument, metadataPath } from '@nephos/core'
import type { Logger } from 'pino'
import type { GuestCache } from './guest-cache.ts'
import { guestIdentity } from './identity.ts'

/** What the metadata service works with. */
export interface MetadataServerOptions {
  guests: GuestCache
  /** Keeps a password that a guest posted. @returns false when there is one already */
  storePassword: (instanceId: string, password: string) => Promise<boolean>
  log: Logger
}

/** Longest password that a guest may post. */
const longestPassword = 1_020

/** The metadata service of a host, behind the proxies of its networks. It shows a guest itself and nothing else. */
export function createMetadataServer(options: MetadataServerOptions): Server {
  const server = createServer(
    { maxHeaderSize: 8_192, headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 },
    (request, response) => {
      answer(options, request, response).catch((error: unknown) => {
        options.log.error({ err: error, url: request.url }, 'a metadata request failed')
        if (response.headersSent) response.destroy()
        else send(response, 503, 'The metadata service is not available now.')
      })
    },
  )
  server.maxRequestsPerSocket = 1_000
  return server
}

async function answer(options: MetadataServerOptions, request: IncomingMessage, response: ServerResponse) {
  const identity = guestIdentity(request.headers)
  const path = metadataPath(request.url ?? '/')
  if (!identity || !path) return refuse(request, response, 400, 'Bad request')
  const { method } = request
  if (method === 'POST') {
    if (!isPasswordPath(path)) return refuse(request, response, 405, 'Method not allowed')
    return savePassword(options, request, response)
  }
  // cloud-init asks for an EC2 token first; it must hear at once that there is none.
  if (method === 'PUT') return refuse(request, response, 404, 'Not found')
  if (method !== 'GET' && method !== 'HEAD') return refuse(request, response, 405, 'Method not allowed')
  request.resume()
  const source = await options.guests.get(identity)
  const document = source && metadataDocument(source, path)
  if (!document) return send(response, 404, 'Not found')
  const body = Buffer.from(document.body)
  response.writeHead(200, { 'Content-Type': document.contentType, 'Content-Length': body.length })
  response.end(method === 'HEAD' ? undefined : body)
}

async function savePassword(
  { guests, storePassword }: MetadataServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const identity = guestIdentity(request.headers)!
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > longestPassword) return refuse(request, response, 413, 'The password is too long.')
    chunks.push(chunk)
  }
  const password = Buffer.concat(chunks).toString('utf8')
  if (password === '' || password.includes('\0')) return send(response, 400, 'Bad request')
  const source = await guests.get(identity)
  if (!source) return send(response, 404, 'Not found')
  const stored = await storePassword(source.instanceId, password)
  guests.forget(identity)
  send(response, stored ? 200 : 409, stored ? '' : 'The password is set already.')
}

/** Answers without reading what else the guest sends. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number, text: string): void {
  if (!request.complete) response.setHeader('Connection', 'close')
  send(response, status, text)
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}
