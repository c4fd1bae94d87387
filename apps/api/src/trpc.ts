import { procedureLabel, serveTrpc } from '@nephos/api/trpc'
import { NephosError, type OpenServices } from '@nephos/core'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { answerError } from './errors.ts'
import type { ApiEnv } from './request.ts'

const mostBytes = 1_048_576
const patienceMs = 60_000

/** The tRPC procedures for scripts: a token signs in, cookies do not count. */
export function trpcFace(services: OpenServices): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  app.use(async (c, next) => {
    // Looked at before bodyLimit touches the body: what nobody has begun to read, Node reads to its end by itself,
    // and the connection stays usable.
    if (Number(c.req.header('content-length') ?? 0) > mostBytes)
      return answerError(c, tooLarge(), services.log)
    await next()
  })
  app.use(
    bodyLimit({
      maxSize: mostBytes,
      onError: (c) => {
        c.header('connection', 'close')
        return answerError(c, tooLarge(), services.log)
      },
    }),
  )
  app.all('/*', async (c) => {
    c.set('route', procedureLabel(c.req.path, '/trpc'))
    return inTime(
      serveTrpc({
        services,
        request: c.req.raw,
        endpoint: '/trpc',
        face: 'token',
        requestId: c.get('requestId'),
        address: c.get('address'),
      }),
    )
  })
  app.onError((error, c) => answerError(c, error, services.log))
  return app
}

const tooLarge = () =>
  new NephosError('too_large', `A request has at most ${mostBytes} bytes.`, { detail: { limit: mostBytes } })

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow()), patienceMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const tooSlow = () =>
  new NephosError('timeout', `The request took longer than ${patienceMs / 1000} seconds.`, {
    remedy: 'What it began may still complete: look before you repeat it.',
  })
