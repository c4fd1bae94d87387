import { consoleCloses } from '@nephos/core/states'
import { readError } from '#trpc/error.ts'
import { afterClose, retryAfterMs } from './after-close.ts'

/** How a console's connection stands. */
export type ConsoleConnectionState =
  | { phase: 'connecting' }
  | { phase: 'connected' }
  /** It comes back by itself at `at`. */
  | { phase: 'retrying'; why: string; at: number }
  /** It comes back when the instance runs. */
  | { phase: 'waiting'; why: string }
  | { phase: 'ended'; why: string }

/** What a connection works with. */
export interface ConsoleConnectionOptions {
  /** Asks the cloud for a token. */
  open: () => Promise<{ token: string }>
  /** Address of the WebSocket for a token. */
  url: (token: string) => string
  /** A WebSocket was made: attach to it before its first message. Call `connected` once it truly works. */
  onSocket: (socket: WebSocket, connected: () => void) => void
  /** Called before a socket's own listeners hear that it was closed. */
  onClosing: () => void
  onState: (state: ConsoleConnectionState) => void
}

/** Keeps one console connected: a new token and a new WebSocket after each interruption, and words for what happens. */
export class ConsoleConnection {
  readonly #options: ConsoleConnectionOptions
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  /** Raised by each new beginning and by the end: what belongs to an older one is ignored. */
  #turn = 0
  #phase: ConsoleConnectionState['phase'] | undefined
  /** Why the instance has no console now, or null. */
  #unavailable: string | null = null

  constructor(options: ConsoleConnectionOptions) {
    this.#options = options
  }

  /** The instance can (null) or cannot have a console now: connects when it became able to. */
  available(why: string | null): void {
    this.#unavailable = why
    if (this.#phase === undefined || (this.#phase === 'waiting' && why === null)) this.connect()
    else if (this.#phase === 'retrying' && why !== null) {
      this.close()
      this.#set({ phase: 'waiting', why })
    }
  }

  /** Connects anew, now. */
  connect(): void {
    this.#attempt = 0
    void this.#begin()
  }

  /** Ends it for good. */
  close(): void {
    this.#turn++
    clearTimeout(this.#timer)
    this.#socket?.close(consoleCloses.done)
    this.#socket = undefined
  }

  async #begin(): Promise<void> {
    this.close()
    const turn = ++this.#turn
    if (this.#unavailable) return this.#set({ phase: 'waiting', why: this.#unavailable })
    this.#set({ phase: 'connecting' })
    let token: string
    try {
      token = (await this.#options.open()).token
    } catch (error) {
      if (turn === this.#turn) this.#refused(error)
      return
    }
    if (turn !== this.#turn) return
    const socket = new WebSocket(this.#options.url(token))
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    socket.addEventListener('close', ({ code, reason }) => {
      if (turn !== this.#turn) return
      this.#options.onClosing()
      this.#socket = undefined
      const after = afterClose(code, reason, this.#attempt, this.#unavailable === null)
      if (after.next === 'retry') this.#retry(after.why, after.afterMs)
      else this.#set({ phase: after.next === 'wait' ? 'waiting' : 'ended', why: after.why })
    })
    this.#options.onSocket(socket, () => {
      if (turn !== this.#turn) return
      this.#attempt = 0
      this.#set({ phase: 'connected' })
    })
  }

  #refused(error: unknown): void {
    const { code, message } = readError(error)
    if (code === 'conflict') {
      if (this.#unavailable) this.#set({ phase: 'waiting', why: message })
      else this.#retry(message)
    } else if (['network', 'unavailable', 'timeout', 'internal'].includes(code)) this.#retry(message)
    else this.#set({ phase: 'ended', why: message })
  }

  #retry(why: string, afterMs = retryAfterMs(this.#attempt)): void {
    this.#attempt++
    this.#set({ phase: 'retrying', why, at: Date.now() + afterMs })
    this.#timer = setTimeout(() => void this.#begin(), afterMs)
  }

  #set(state: ConsoleConnectionState): void {
    this.#phase = state.phase
    this.#options.onState(state)
  }
}
