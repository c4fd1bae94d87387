import { NephosError } from '../../kernel/index.ts'

const cutOff = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ABORT_ERR',
  'ERR_STREAM_DESTROYED',
])

/** Why an upload ended, as people are told. Errors that nobody expected stay what they are. */
export function uploadFailure(error: unknown): unknown {
  if (error instanceof NephosError) return error
  const { code, name, message } = (error ?? {}) as { code?: string; name?: string; message?: string }
  if ((code && cutOff.has(code)) || name === 'AbortError' || message === 'aborted')
    return new NephosError('cancelled', 'The upload was cut off before the file had arrived.', {
      remedy: 'Upload the file again.',
      cause: error,
    })
  return error
}

/** The sentence that stays on the image. */
export const failureWords = (error: unknown): string =>
  error instanceof NephosError ? error.message : 'The upload failed because of an error inside Nephos.'
