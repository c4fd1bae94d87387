import { paths } from '#paths.ts'
import type { ShownError } from '#trpc/error.ts'

/** How a request ended. `lost`: the line broke before an answer; the image itself then knows why. */
export type SendEnd = { type: 'accepted' } | { type: 'refused'; error: ShownError } | { type: 'lost' }

/** What one upload tells while it runs. */
export interface SendListener {
  onProgress: (sent: number) => void
  onSent: () => void
  onEnd: (end: SendEnd) => void
}

/** Sends a file into an image. @returns a function that stops it, after which nothing is told any more */
export function sendFile(imageId: string, file: Blob, listener: SendListener): () => void {
  // fetch() cannot tell how much of a body has left.
  const request = new XMLHttpRequest()
  request.open('PUT', paths.api.imageFile(imageId))
  request.setRequestHeader('Content-Type', 'application/octet-stream')
  request.responseType = 'text'
  request.upload.onprogress = ({ loaded }) => listener.onProgress(loaded)
  request.upload.onload = () => listener.onSent()
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) return listener.onEnd({ type: 'accepted' })
    const error = readAnswer(request.responseText)
    listener.onEnd(error ? { type: 'refused', error } : { type: 'lost' })
  }
  request.onerror = () => listener.onEnd({ type: 'lost' })
  request.ontimeout = () => listener.onEnd({ type: 'lost' })
  request.send(file)
  return () => request.abort()
}

/** The error in an answer of the file endpoint, or null when it is none of the cloud's. */
export function readAnswer(text: string): ShownError | null {
  try {
    const { error } = JSON.parse(text) as { error?: Partial<ShownError> }
    if (typeof error?.message !== 'string' || typeof error.code !== 'string') return null
    return {
      code: error.code,
      message: error.message,
      field: error.field ?? null,
      remedy: error.remedy ?? null,
      requestId: error.requestId ?? null,
      detail: error.detail ?? null,
    }
  } catch {
    return null
  }
}
