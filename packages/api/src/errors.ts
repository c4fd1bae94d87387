import { type ErrorCode, type Json, NephosError } from '@nephos/core'

/** The HTTP status of each reason to say no, on the tRPC and JSON faces. */
export const httpStatus: Record<ErrorCode, number> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  invalid_input: 400,
  quota_exceeded: 403,
  too_large: 413,
  rate_limited: 429,
  unsupported: 422,
  no_valid_host: 409,
  driver_failed: 502,
  cancelled: 499,
  timeout: 504,
  unavailable: 503,
  internal: 500,
}

/** An error as a client sees it: never with a stack or the message of an unexpected error. */
export interface PublicError {
  code: ErrorCode
  message: string
  field: string | null
  remedy: string | null
  detail: { [key: string]: Json } | null
  requestId: string
}

/** The parts of an error that may leave the process. */
export const publicError = (error: NephosError, requestId: string): PublicError => ({
  code: error.code,
  message: error.message,
  field: error.field ?? null,
  remedy: error.remedy ?? null,
  detail: error.detail ?? null,
  requestId,
})

/** Stands in for an error that nobody expected; the original is for the log only. */
export const unexpected = (cause: unknown): NephosError =>
  new NephosError('internal', 'Something went wrong inside Nephos.', {
    remedy: 'Try again. If it stays, give the request id to your administrator: the log has the reason.',
    cause,
  })
