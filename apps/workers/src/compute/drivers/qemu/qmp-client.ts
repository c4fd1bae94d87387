import type { Socket } from 'node:net'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { LineDecoder } from './line-decoder.ts'
import { connectUnix } from './unix-socket.ts'

const answer = z.union([
  z.object({ return: z.unknown(), id: z.number() }),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: z.number().optional() }),
])
const message = z.union([
  z.object({ QMP: z.object({ version: z.unknown() }) }),
  z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).default({}) }),
  answer,
])

/** Something that QEMU says without being asked. */
export interface QmpEvent {
  event: string
  data: { [key: string]: unknown }
}

/** Who wants to know what happens on a connection. */
export interface QmpListeners {
  onEvent: (event: QmpEvent) => void
  /** The connection ended: QEMU has died, or `close` was called. */
  onClose: () => void
}

interface Pending {
  command: string
  resolve: (value: unknown) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

/** A connection to QEMU's monitor. QEMU serves one at a time; a second waits for its greeting. */
export class QmpClient {
  readonly #socket: Socket
  readonly #listeners: QmpListeners
  readonly #decoder = new LineDecoder()
  readonly #pending = new Map<number, Pending>()
  #greeted: () => void = () => {}
  #nextId = 1
  #closed = false

  private constructor(socket: Socket, listeners: QmpListeners) {
    this.#socket = socket
    this.#listeners = listeners
    socket.on('data', (piece) => this.#receive(piece))
    // The close that always follows is what counts.
    socket.on('error', () => {})
    socket.on('close', () => this.#ended())
  }

  /**
   * Connects, waits for the greeting and negotiates.
   * @param timeoutMs for all of it
   * @throws NephosError driver_failed
   */
  static async connect(path: string, listeners: QmpListeners, timeoutMs = 5_000): Promise<QmpClient> {
    const socket = await connectUnix(path, timeoutMs).catch((cause) => {
      throw new NephosError('driver_failed', `QEMU's monitor cannot be reached: ${cause.message}`, { cause })
    })
    const client = new QmpClient(socket, listeners)
    try {
      await client.#greeting(timeoutMs)
      await client.execute('qmp_capabilities', {}, timeoutMs)
      return client
    } catch (error) {
      client.close()
      throw error
    }
  }

  get closed(): boolean {
    return this.#closed
  }

  /**
   * Runs one command and gives its answer.
   * @throws NephosError driver_failed with QEMU's words, when it refuses, does not answer in time or ends
   */
  execute(command: string, args: { [key: string]: unknown } = {}, timeoutMs = 10_000): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(gone(command))
      const id = this.#nextId++
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new NephosError('driver_failed', `QEMU did not answer ${command} in ${timeoutMs} ms`))
      }, timeoutMs)
      this.#pending.set(id, { command, resolve, reject, timer })
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #greeting(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new NephosError('driver_failed', `QEMU did not greet in ${timeoutMs} ms`)),
        timeoutMs,
      )
      const done = () => {
        clearTimeout(timer)
        if (this.#closed) reject(gone('the connection'))
        else resolve()
      }
      this.#greeted = done
      if (this.#closed) done()
    })
  }

  #receive(piece: Buffer): void {
    try {
      for (const line of this.#decoder.feed(piece)) this.#handle(message.parse(JSON.parse(line)))
    } catch (error) {
      // What is not QMP cannot be answered; the owner connects anew or finds that QEMU has died.
      this.#socket.destroy(error as Error)
    }
  }

  #handle(received: z.output<typeof message>): void {
    if ('QMP' in received) this.#greeted()
    else if ('event' in received) this.#listeners.onEvent(received)
    else this.#answer(received)
  }

  #answer(received: z.output<typeof answer>): void {
    const pending = received.id === undefined ? undefined : this.#pending.get(received.id)
    if (!pending || received.id === undefined) return
    this.#pending.delete(received.id)
    clearTimeout(pending.timer)
    if ('error' in received)
      pending.reject(
        new NephosError('driver_failed', `QEMU refused ${pending.command}: ${received.error.desc}`),
      )
    else pending.resolve(received.return)
  }

  #ended(): void {
    this.#closed = true
    this.#greeted()
    for (const { command, reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(gone(command))
    }
    this.#pending.clear()
    this.#listeners.onClose()
  }
}

const gone = (command: string): NephosError =>
  new NephosError('driver_failed', `QEMU ended before it answered ${command}`)
