import { type Ctx, type ErrorCode, NephosError } from '@nephos/core'
import { initTRPC, TRPCError } from '@trpc/server'
import { publicError, unexpected } from '../errors.ts'
import type { TrpcContext } from './context.ts'
import { transformer } from './transformer.ts'

type TrpcCode = TRPCError['code']

const trpcCodes: Record<ErrorCode, TrpcCode> = {
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  invalid_input: 'BAD_REQUEST',
  quota_exceeded: 'FORBIDDEN',
  too_large: 'PAYLOAD_TOO_LARGE',
  rate_limited: 'TOO_MANY_REQUESTS',
  unsupported: 'UNPROCESSABLE_CONTENT',
  no_valid_host: 'CONFLICT',
  driver_failed: 'BAD_GATEWAY',
  cancelled: 'CLIENT_CLOSED_REQUEST',
  timeout: 'GATEWAY_TIMEOUT',
  unavailable: 'SERVICE_UNAVAILABLE',
  internal: 'INTERNAL_SERVER_ERROR',
}

/** Errors that tRPC itself raises before a verb is reached. */
const ownCodes: Partial<Record<TrpcCode, ErrorCode>> = {
  PARSE_ERROR: 'invalid_input',
  BAD_REQUEST: 'invalid_input',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'invalid_input',
  UNSUPPORTED_MEDIA_TYPE: 'invalid_input',
  PAYLOAD_TOO_LARGE: 'too_large',
  CLIENT_CLOSED_REQUEST: 'cancelled',
}

/** The error as people may see it; an unexpected one is logged here and replaced. */
export function toRefusal(
  error: unknown,
  log: Ctx['log'],
  what: { [key: string]: string } = {},
): NephosError {
  if (error instanceof NephosError && error.code !== 'internal') return error
  log.error({ err: error, ...what }, 'a request failed unexpectedly')
  return unexpected(error)
}

/** What a verb threw, as tRPC carries it. */
export function toTrpcError(error: unknown, ctx: TrpcContext, verb: string): TRPCError {
  if (error instanceof TRPCError) return error
  const known = toRefusal(error, ctx.log, { verb })
  return new TRPCError({ code: trpcCodes[known.code], message: known.message, cause: known })
}

const fromTrpc = (error: TRPCError): NephosError => {
  if (error.cause instanceof NephosError) return error.cause
  const code = ownCodes[error.code]
  return code ? new NephosError(code, error.message || 'The request is not valid.') : unexpected(error)
}

const t = initTRPC.context<TrpcContext>().create({
  transformer,
  isDev: false,
  errorFormatter: ({ shape, error, ctx }) => {
    const { message, ...known } = publicError(fromTrpc(error), ctx?.requestId ?? '')
    return {
      code: shape.code,
      message,
      data: { ...known, httpStatus: shape.data.httpStatus, path: shape.data.path ?? null },
    }
  },
})

/** Makes a router of procedures and routers. */
export const router = t.router
/** A procedure to build on. */
export const baseProcedure = t.procedure
/** Calls procedures without HTTP. */
export const createCallerFactory = t.createCallerFactory
