import type { ConsoleLog } from '../serial/console-log.ts'
import { ReadyWatch } from '../serial/ready-watch.ts'

const pieceBytes = 65_536

/** Looks, piece by piece, for the guest's word that it has booted in the log of its serial port. */
export class GuestReady {
  readonly #console: ConsoleLog
  #watch = new ReadyWatch()
  #position = 0
  #said = false

  constructor(console: ConsoleLog) {
    this.#console = console
  }

  /** Begins anew: the guest boots, and what it says from this byte on counts. */
  reset(position: number): void {
    this.#watch = new ReadyWatch()
    this.#position = position
    this.#said = false
  }

  /** True once for each boot, when the guest has said that it is ready. */
  look(): boolean {
    if (this.#said) return false
    const { offset, text } = this.#console.read(this.#position, pieceBytes)
    if (text === '') return false
    this.#position = offset + Buffer.byteLength(text)
    this.#said = this.#watch.feed(text)
    return this.#said
  }
}
