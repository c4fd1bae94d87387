import type { Socket } from 'node:net'
import { NephosError } from '@nephos/core/errors'

/** Takes exactly so many bytes from a socket at a time; what nobody takes stays with the sender. */
export class ByteReader {
  readonly #socket: Socket
  #failure: Error | null = null
  #wake: () => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    const ended = (error?: Error) => {
      this.#failure ??= new NephosError('driver_failed', 'The connection to the disk has ended.', {
        cause: error,
      })
      this.#wake()
    }
    socket.on('readable', () => this.#wake())
    socket.on('error', ended)
    socket.on('end', () => ended())
    socket.on('close', () => ended())
  }

  /** @throws NephosError driver_failed when the connection ends before */
  async take(bytes: number): Promise<Buffer> {
    if (bytes === 0) return Buffer.alloc(0)
    for (;;) {
      // At the end of a stream read() gives what is left, which may be less.
      const got: Buffer | null = this.#socket.read(bytes)
      if (got && got.length === bytes) return got
      if (got || this.#failure) throw this.#failure ?? new NephosError('driver_failed', 'The disk is gone.')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
