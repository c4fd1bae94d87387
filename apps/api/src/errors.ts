import { httpStatus, publicError, unexpected } from '@nephos/api'
import { NephosError, type Services } from '@nephos/core'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ApiEnv } from './request.ts'

/** Answers `{"error": {code, message, field, remedy, detail, requestId}}`. Unexpected errors are logged and replaced. */
export function answerError(
  c: Context<ApiEnv>,
  error: unknown,
  log: Services['log'],
  status?: number,
): Response {
  const requestId = c.get('requestId')
  let known = error instanceof NephosError ? error : unexpected(error)
  if (known.code === 'internal') {
    log.error({ err: error, requestId, path: c.req.path }, 'a request failed unexpectedly')
    if (error instanceof NephosError) known = unexpected(error)
  }
  const retryAfter = known.detail?.retryAfterSeconds
  if (typeof retryAfter === 'number') c.header('retry-after', String(Math.ceil(retryAfter)))
  if (known.code === 'unauthenticated') c.header('www-authenticate', 'Bearer realm="nephos"')
  return c.json(
    { error: publicError(known, requestId) },
    (status ?? httpStatus[known.code]) as ContentfulStatusCode,
  )
}
