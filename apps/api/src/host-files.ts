import { Readable } from 'node:stream'
import { deleteFileForHost, imageStore, NephosError, type OpenServices, putFileForHost } from '@nephos/core'
import { knowsHost, redeem } from '@nephos/core/joins'
import { type Context, Hono } from 'hono'
import { answerError } from './errors.ts'
import { parseRange } from './range.ts'
import type { ApiEnv } from './request.ts'

const credentials = /^Host ([a-z0-9-]{1,32}):([A-Za-z0-9_-]{16,128})$/

/**
 * What hosts on other machines ask for: their membership, once, with a join token; then the files of images, with the
 * secret that was in it. Nobody else has anything to ask here.
 */
export function hostFiles(services: OpenServices): Hono<ApiEnv> {
  const { config } = services
  const app = new Hono<ApiEnv>()
  app.post('/join/:id', (c) => {
    c.set('route', '/hosts/join/:id')
    const sealed = redeem(config.home, c.req.param('id'))
    services.log.info({ address: c.get('address') }, 'a host accepted its invitation')
    return c.json(sealed)
  })
  app.use('/files/:key', async (c, next) => {
    c.set('route', '/hosts/files/:key')
    const [, name, secret] = credentials.exec(c.req.header('authorization') ?? '') ?? []
    if (!name || !secret || !knowsHost(config.home, name, secret))
      throw new NephosError('unauthenticated', 'Only hosts of this cloud may ask for this.')
    await next()
  })
  app.get('/files/:key', async (c) => {
    const key = keyOf(c)
    const store = imageStore(config, c.req.query('store'))
    const size = await store.size(key)
    if (size === null) return c.body(null, 404)
    const range = parseRange(c.req.header('range'), size)
    if (range === 'unsatisfiable') return c.body(null, 416)
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(range ? range.end - range.start + 1 : size),
    }
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    const body = Readable.toWeb(await store.open(key, range ?? undefined)) as ReadableStream
    return c.body(body, range ? 206 : 200, headers)
  })
  app.put('/files/:key', async (c) =>
    c.json(await putFileForHost(services, keyOf(c), c.env.incoming, c.req.query('store')), 201),
  )
  app.delete('/files/:key', async (c) => {
    await deleteFileForHost(services, keyOf(c), c.req.query('store'))
    return c.body(null, 204)
  })
  app.onError((error, c) => answerError(c, error, services.log))
  return app
}

/** Keys are checked here, so that what hosts send is told from what we did wrong ourselves. */
function keyOf(c: Context<ApiEnv, '/files/:key'>): string {
  const key = c.req.param('key')
  if (/^[0-9a-zA-Z][0-9a-zA-Z._-]{2,190}$/.test(key)) return key
  throw new NephosError('invalid_input', 'This is no key of an image file.', { field: 'key' })
}
