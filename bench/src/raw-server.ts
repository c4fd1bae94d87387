/**
 * The same HTTP framework as the API's with nothing behind it: PUT writes a body to the file that the first argument
 * names, GET reads it. Prints its port.
 */
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'

const file = process.argv[2]!
const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>()
app.put('/', async (c) => {
  await pipeline(c.env.incoming, createWriteStream(file, { flush: true }))
  return c.body(null, 204)
})
app.get('/', (c) =>
  c.body(Readable.toWeb(createReadStream(file)) as ReadableStream, 200, {
    'content-length': String(statSync(file).size),
  }),
)
const server = createServer(getRequestListener(app.fetch))
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
