import { appendUpload, finishUpload, NephosError, type OpenServices, showUpload } from '@nephos/core'
import { type Context, Hono } from 'hono'
import { contextOf } from './caller.ts'
import { answerError } from './errors.ts'
import type { ApiEnv } from './request.ts'

const offsetHeader = 'upload-offset'

/**
 * Uploads in parts, below `/image/v2/images/:id/uploads/:uploadId`. `image.uploads.begin` names the upload; PATCH adds
 * a part at `Upload-Offset`, GET says where the next one begins, POST to `/finish` imports the file that is whole.
 */
export function imageUploads(services: OpenServices): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.use('/:uploadId/*', async (c, next) => {
    c.set('route', '/image/v2/images/:id/uploads/:uploadId')
    await next()
  })
  app.get('/:uploadId', async (c) => {
    const state = await showUpload({ ctx: await contextOf(c, services), input: named(c) })
    c.header(offsetHeader, String(state.offset))
    return c.json(state)
  })
  app.patch('/:uploadId', async (c) => {
    const declared = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (
      declared !== 'application/octet-stream' ||
      !['', 'identity'].includes(c.req.header('content-encoding') ?? '')
    )
      return answerError(
        c,
        new NephosError('invalid_input', 'A part must be sent as it is, as application/octet-stream.', {
          field: 'Content-Type',
          remedy: "Add the header 'Content-Type: application/octet-stream' and no Content-Encoding.",
        }),
        services.log,
        415,
      )
    const ctx = await contextOf(c, services)
    const offset = Number(c.req.header(offsetHeader) || Number.NaN)
    const end = await appendUpload({ ctx, input: { ...named(c), offset }, body: c.env.incoming })
    return c.body(null, 204, { [offsetHeader]: String(end.offset) })
  })
  app.post('/:uploadId/finish', async (c) =>
    c.json(await finishUpload({ ctx: await contextOf(c, services), input: named(c) }), 202),
  )
  app.onError((error, c) => answerError(c, error, services.log))
  return app
}

const named = (c: Context<ApiEnv>): { id: string; uploadId: string } => ({
  id: c.req.param('id') ?? '',
  uploadId: c.req.param('uploadId') ?? '',
})
