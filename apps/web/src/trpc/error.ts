import type { AppRouter } from '@nephos/api/trpc'
import { TRPCClientError } from '@trpc/client'

/** An error as people see it: a sentence, what to do, and what an administrator needs to find it. */
export interface ShownError {
  /** A code of the cloud, or `network` when it did not answer at all. */
  code: string
  message: string
  /** Path of the input field at fault. */
  field: string | null
  remedy: string | null
  requestId: string | null
  detail: Record<string, unknown> | null
}

const offline: ShownError = {
  code: 'network',
  message: 'The dashboard could not reach the cloud.',
  field: null,
  remedy: 'Check your connection; what you entered is still here.',
  requestId: null,
  detail: null,
}

/** Makes any thrown value fit to be shown. Never passes on JSON, HTML or the text of a defect. */
export function readError(error: unknown): ShownError {
  if (isShown(error)) return error
  if (error instanceof TRPCClientError) {
    const { data } = error as TRPCClientError<AppRouter>
    if (data)
      return {
        code: data.code,
        message: error.message,
        field: data.field,
        remedy: data.remedy,
        requestId: data.requestId || null,
        detail: data.detail,
      }
    return offline
  }
  return {
    code: 'internal',
    message: 'Something went wrong in the dashboard.',
    field: null,
    remedy: 'Reload the page and try again.',
    requestId: null,
    detail: null,
  }
}

const isShown = (error: unknown): error is ShownError =>
  typeof error === 'object' &&
  error !== null &&
  !(error instanceof Error) &&
  'code' in error &&
  'message' in error

/** Seconds to wait, when the cloud asked for that. */
export function retryAfterSeconds({ code, detail }: ShownError): number | null {
  const seconds = detail?.retryAfterSeconds
  return code === 'rate_limited' && typeof seconds === 'number' ? Math.ceil(seconds) : null
}

/** Every refused field of a form with its sentence, from the server's own field paths. */
export function fieldErrors(error: ShownError | null): Record<string, string> {
  if (!error) return {}
  const found: Record<string, string> = {}
  const issues = error.detail?.issues
  if (Array.isArray(issues))
    for (const issue of issues as { field?: unknown; message?: unknown }[])
      if (typeof issue.field === 'string' && issue.field && typeof issue.message === 'string')
        found[issue.field] ??= issue.message
  if (error.field) found[error.field] ??= error.message
  return found
}
