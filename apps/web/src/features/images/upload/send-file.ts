import type { ShownError } from '#trpc/error.ts'
import { crc32 } from './crc32.ts'
import { type Arrived, Lost, Refused, type Transport } from './transport.ts'

/** How an upload ended. */
export type SendEnd = { type: 'accepted' } | { type: 'refused'; error: ShownError }

/** What one upload tells while it runs. */
export interface SendListener {
  /** Where in the file it goes on. */
  onPlaced: (offset: number) => void
  /** Bytes of the whole file that have left. */
  onProgress: (sent: number) => void
  /** The line broke; it is tried again. */
  onInterrupted: () => void
  onSent: () => void
  onEnd: (end: SendEnd) => void
}

/** Waits before the line is tried again; ends early when the browser says that it is back. */
export type Patience = (attempt: number, signal: AbortSignal) => Promise<void>

const partBytes = 64 * 1024 * 1024

/**
 * Sends a file in parts, from where the cloud has it, and goes on by itself when the line broke.
 * @returns a function that stops it, after which nothing is told any more
 */
export function sendFile(
  transport: Transport,
  file: Blob,
  told: SendListener,
  { patience = untilOnline, part = partBytes }: { patience?: Patience; part?: number } = {},
): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  const unlessStopped =
    <Said extends unknown[]>(tell: (...said: Said) => void) =>
    (...said: Said) => {
      if (!signal.aborted) tell(...said)
    }
  const end = unlessStopped(told.onEnd)
  const listener: SendListener = {
    onPlaced: unlessStopped(told.onPlaced),
    onProgress: unlessStopped(told.onProgress),
    onInterrupted: unlessStopped(told.onInterrupted),
    onSent: unlessStopped(told.onSent),
    onEnd: end,
  }
  const run = async () => {
    await sendAll(transport, file, listener, { patience, part, signal })
    if (signal.aborted) return
    listener.onSent()
    await store(transport, patience, signal)
    end({ type: 'accepted' })
  }
  run().catch((error: unknown) => {
    if (error instanceof Refused) end({ type: 'refused', error: error.error })
    else end({ type: 'refused', error: unreadable })
  })
  return () => stopping.abort()
}

/** Has the file stored, and waits for what becomes of it. */
async function store(transport: Transport, patience: Patience, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await transport.finish(signal)
    } catch (error) {
      // Whether it was asked for is seen below.
      const over = error instanceof Refused && error.error.detail?.reason === 'over'
      if (!over && !(error instanceof Lost)) throw error
    }
    try {
      if ((await transport.outcome(signal)) === 'stored') return
    } catch (error) {
      if (!(error instanceof Lost)) throw error
    }
    await patience(Math.min(attempt, 3), signal)
  }
}

async function sendAll(
  transport: Transport,
  file: Blob,
  listener: SendListener,
  { patience, part, signal }: { patience: Patience; part: number; signal: AbortSignal },
): Promise<void> {
  let attempt = 0
  let at: number | null = null
  while (!signal.aborted) {
    try {
      if (at === null) {
        at = await placeOf(file, await transport.state(signal))
        listener.onPlaced(at)
      }
      if (at >= file.size) return
      const from: number = at
      at = await transport.append(
        file.slice(from, from + part),
        from,
        (sent) => listener.onProgress(from + sent),
        signal,
      )
      attempt = 0
    } catch (error) {
      at = null
      if (error instanceof Refused && error.error.detail?.reason === 'offset') continue
      if (!(error instanceof Lost) || signal.aborted) throw error
      listener.onInterrupted()
      await patience(attempt++, signal)
    }
  }
}

/** Where the file goes on. @throws Refused when it is not the one that was begun */
async function placeOf(file: Blob, { offset, size, fileName, check }: Arrived): Promise<number> {
  const same =
    size === file.size &&
    (!check ||
      crc32(new Uint8Array(await file.slice(check.start, check.start + check.length).arrayBuffer())) ===
        check.crc32)
  if (!same) throw new Refused(otherFile(fileName))
  return offset
}

const otherFile = (fileName: string): ShownError => ({
  code: 'invalid_input',
  message: `This is not the file whose upload was begun (${fileName}).`,
  field: 'file',
  remedy: 'Choose that file to continue, or cancel the upload and start again.',
  requestId: null,
  detail: { reason: 'other_file' },
})

const unreadable: ShownError = {
  code: 'unreadable',
  message: 'The browser cannot read the file any more.',
  field: 'file',
  remedy: 'It may have been changed, moved or deleted. Choose it again.',
  requestId: null,
  detail: null,
}

const mostMs = 30_000

const untilOnline: Patience = (attempt, signal) =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(mostMs, 1_000 * 2 ** attempt))
    window.addEventListener('online', done)
    signal.addEventListener('abort', done, { once: true })
  })
