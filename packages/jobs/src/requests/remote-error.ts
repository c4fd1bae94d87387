import { z } from 'zod'
import type { Failure } from '../saga/define.ts'
import { toFailure } from '../saga/errors.ts'

/** An error as it crosses the wire. */
export const wireErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  detail: z.record(z.string(), z.json()).optional(),
})
export type WireError = z.infer<typeof wireErrorSchema>

/** What the other side of a request said was wrong, or that nobody answered (code `unavailable`). */
export class RemoteError extends Error {
  readonly code: string
  readonly remedy?: string
  readonly detail?: Failure['detail']

  constructor({ code, message, remedy, detail }: WireError, cause?: unknown) {
    super(message, { cause })
    this.name = 'RemoteError'
    this.code = code
    this.remedy = remedy
    this.detail = detail
  }
}

/** What is sent of an error: code, sentence, remedy and detail of a typed one, nothing of any other. */
export function toWire(error: unknown): WireError {
  const { code, message, detail } = toFailure(error)
  const remedy = error instanceof Error && 'remedy' in error ? error.remedy : undefined
  return { code, message, ...(typeof remedy === 'string' && { remedy }), ...(detail && { detail }) }
}
