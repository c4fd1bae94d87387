import { paths } from '#paths.ts'
import type { ShownError } from '#trpc/error.ts'

/** How far the cloud has an upload. */
export interface Arrived {
  offset: number
  size: number
  fileName: string
  check: { start: number; length: number; crc32: number } | null
}

/** The cloud said no. */
export class Refused {
  constructor(readonly error: ShownError) {}
}

/** The line broke before an answer. */
export class Lost {}

/** What sending a file in parts needs of the line. Each throws {@link Refused} or {@link Lost}. */
export interface Transport {
  state: (signal: AbortSignal) => Promise<Arrived>
  /** @returns where the next part begins */
  append: (
    part: Blob,
    offset: number,
    onProgress: (sent: number) => void,
    signal: AbortSignal,
  ) => Promise<number>
  finish: (signal: AbortSignal) => Promise<void>
  /** Waits for what becomes of a file that is whole: it is stored, or still waits for {@link finish}. */
  outcome: (signal: AbortSignal) => Promise<Outcome>
}

export type Outcome = 'waiting' | 'stored'

/** The way to an upload through the dashboard's own server. */
export const transportTo = (imageId: string, uploadId: string, outcome: Transport['outcome']): Transport => ({
  outcome,
  state: async (signal) =>
    (await (await ask(paths.api.imageUpload(imageId, uploadId), { signal })).json()) as Arrived,
  append: (part, offset, onProgress, signal) =>
    sendPart(paths.api.imageUpload(imageId, uploadId), part, offset, onProgress, signal),
  finish: async (signal) => {
    await ask(paths.api.imageUploadFinish(imageId, uploadId), { method: 'POST', signal })
  },
})

async function ask(url: string, init: RequestInit): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, init)
  } catch {
    throw new Lost()
  }
  if (answer.ok) return answer
  const error = readAnswer(await answer.text().catch(() => ''))
  throw error && error.code !== 'unavailable' ? new Refused(error) : new Lost()
}

function sendPart(
  url: string,
  part: Blob,
  offset: number,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    // fetch() cannot tell how much of a body has left.
    const request = new XMLHttpRequest()
    request.open('PATCH', url)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Upload-Offset', String(offset))
    request.responseType = 'text'
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300)
        return resolve(Number(request.getResponseHeader('Upload-Offset')))
      const error = readAnswer(request.responseText)
      reject(error && error.code !== 'unavailable' ? new Refused(error) : new Lost())
    }
    request.onerror = () => reject(new Lost())
    request.ontimeout = () => reject(new Lost())
    request.onabort = () => reject(new Lost())
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(part)
  })
}

/** The error in an answer of the API, or null when it is none of the cloud's. */
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
