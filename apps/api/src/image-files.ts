import { Readable } from 'node:stream'
import { downloadImage, NephosError, type OpenServices, stageImage, uploadImage } from '@nephos/core'
import { type Context, Hono } from 'hono'
import { contextOf } from './caller.ts'
import { answerError } from './errors.ts'
import { imageUploads } from './image-uploads.ts'
import { parseRange } from './range.ts'
import type { ApiEnv } from './request.ts'

type FileContext = Context<ApiEnv, '/:id/file' | '/:id/stage'>

/**
 * The bytes of images, as OpenStack's image service has them: PUT streams a file into a queued image, or stages it for
 * an import; GET reads it.
 * A token is taken, or the dashboard's session cookie when the dashboard itself passes the upload on.
 */
export function imageFiles(services: OpenServices): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.use('/:id/file', async (c, next) => {
    c.set('route', '/image/v2/images/:id/file')
    await next()
  })
  const take = (receive: typeof uploadImage) => async (c: FileContext) => {
    const declared = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (declared !== 'application/octet-stream' || encoded(c))
      return answerError(
        c,
        new NephosError('invalid_input', 'The file must be sent as it is, as application/octet-stream.', {
          field: 'Content-Type',
          remedy: "Add the header 'Content-Type: application/octet-stream' and no Content-Encoding.",
        }),
        services.log,
        415,
      )
    const ctx = await contextOf(c, services)
    await receive({ ctx, input: { id: c.req.param('id') }, body: c.env.incoming, size: announced(c) })
    return c.body(null, 204)
  }
  app.put('/:id/file', take(uploadImage))
  app.put('/:id/stage', async (c) => {
    c.set('route', '/image/v2/images/:id/stage')
    return take(stageImage)(c)
  })
  app.get('/:id/file', async (c) => {
    const ctx = await contextOf(c, services)
    const image = await downloadImage({ ctx, input: { id: c.req.param('id') } })
    if (!image) return c.body(null, 204)
    return sendFile(c, image)
  })
  app.route('/:id/uploads', imageUploads(services))
  app.onError((error, c) => answerError(c, error, services.log))
  return app
}

const encoded = (c: FileContext) => !['', 'identity'].includes(c.req.header('content-encoding') ?? '')

const announced = (c: FileContext): number | undefined => {
  const length = c.req.header('content-length')
  return length === undefined ? undefined : Number(length)
}

async function sendFile(
  c: FileContext,
  image: NonNullable<Awaited<ReturnType<typeof downloadImage>>>,
): Promise<Response> {
  const { size, checksum } = image.row
  const range = parseRange(c.req.header('range'), size)
  if (range === 'unsatisfiable')
    return c.body(null, 416, { 'content-range': `bytes */${size}`, 'accept-ranges': 'bytes' })
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'content-length': String(range ? range.end - range.start + 1 : size),
    ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${size}` }),
    ...(!range && checksum && { 'content-md5': checksum }),
    'content-disposition': `attachment; filename*=UTF-8''${inHeader(fileNameOf(image.row))}`,
  }
  const status = range ? 206 : 200
  if (c.req.method === 'HEAD') return c.body(null, status, headers)
  const file = await image.open(range ?? undefined)
  return c.body(Readable.toWeb(file) as ReadableStream, status, headers)
}

/** Text as RFC 5987 has it in a header. */
const inHeader = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** What a browser calls the file that it saves. */
const fileNameOf = ({ name, diskFormat }: { name: string; diskFormat: string | null }): string => {
  const plain = name.replaceAll(/[\\/:*?"<>|]/g, '-')
  return diskFormat && !plain.toLowerCase().endsWith(`.${diskFormat}`) ? `${plain}.${diskFormat}` : plain
}
