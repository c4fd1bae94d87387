const longestLine = 16 * 1024 * 1024

/** Cuts a byte stream into lines, as QMP frames its messages. */
export class LineDecoder {
  #pieces: Buffer[] = []
  #length = 0

  /**
   * The lines that this piece completes, without their ends and without empty ones.
   * @throws Error when a line has no end after 16 MiB
   */
  feed(piece: Buffer): string[] {
    const lines: string[] = []
    let from = 0
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      const line = Buffer.concat([...this.#pieces, piece.subarray(from, end)])
        .toString('utf8')
        .trimEnd()
      this.#pieces = []
      this.#length = 0
      from = end + 1
      if (line !== '') lines.push(line)
    }
    if (from < piece.length) {
      this.#pieces.push(piece.subarray(from))
      this.#length += piece.length - from
      if (this.#length > longestLine) throw new Error('a line of QMP is longer than 16 MiB')
    }
    return lines
  }
}
