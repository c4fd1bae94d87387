const kept = 65_536

/** The newest output of a serial port, for those who come later. */
export class RecentOutput {
  /** Most bytes that are kept. */
  static readonly bytes = kept
  #bytes: Buffer = Buffer.alloc(0)

  /** Output that has just come. */
  add(bytes: Uint8Array): void {
    this.#bytes = newest(Buffer.concat([this.#bytes, bytes]))
  }

  /**
   * What the log had when the port had already been read for a moment: its end and the beginning of what was read may
   * be the same bytes, which are kept once.
   */
  putBefore(log: Buffer): void {
    let same = Math.min(log.length, this.#bytes.length)
    while (same > 0 && !log.subarray(log.length - same).equals(this.#bytes.subarray(0, same))) same--
    this.#bytes = newest(Buffer.concat([log, this.#bytes.subarray(same)]))
  }

  /** All that is kept, from the beginning of a line where something was left out. */
  text(): Buffer {
    if (this.#bytes.length < kept) return this.#bytes
    const line = this.#bytes.indexOf(0x0a)
    return line === -1 ? this.#bytes : this.#bytes.subarray(line + 1)
  }
}

const newest = (bytes: Buffer): Buffer => (bytes.length > kept ? bytes.subarray(bytes.length - kept) : bytes)
