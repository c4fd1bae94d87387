/** A guest says that it has booted by a line `READY <hostname>` or by a login prompt. */
const ready = /(^|[\r\n])(READY \S+|[\w.-]+ login: ?$)/
const carriedChars = 512

/** Looks for the guest's word that it has booted in a serial log that comes in pieces. */
export class ReadyWatch {
  #carried = ''

  /** True when the text up to and with this piece says so. */
  feed(text: string): boolean {
    const seen = this.#carried + text
    this.#carried = seen.slice(-carriedChars)
    return ready.test(seen)
  }
}
