import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { completeLength, decodeExactly } from './console-text.ts'

interface Tail {
  path: string
  /** Offset in the whole stream of the tail's first byte. */
  start: number
  size: number
}

/** Part of a serial log. */
export interface ConsoleText {
  /** Where the text really starts, in bytes since the machine was made. */
  offset: number
  /** Bytes that the machine has ever written. */
  size: number
  /** Of exactly as many UTF-8 bytes as were read. */
  text: string
}

const tailName = /^console\.tail\.(\d+)$/

/**
 * The serial log of one machine, bounded. The hypervisor appends to `live`; when that has become too long its end is
 * moved to `console.tail.<offset>` in `dir` and `live` starts again from nothing, while the machine goes on writing.
 * Offsets count every byte ever written, so they stay true for a reader.
 *
 * All of it is synchronous: a reader never meets a log that is half moved, and the moment in which a byte could be
 * written unseen is that between two system calls.
 */
export class ConsoleLog {
  readonly #live: string
  readonly #dir: string
  readonly #half: number
  #tail: Tail | null | undefined

  /** @param limitBytes how much is kept at most, apart from what is written between two calls of {@link trim} */
  constructor({ live, dir, limitBytes }: { live: string; dir: string; limitBytes: number }) {
    this.#live = live
    this.#dir = dir
    this.#half = Math.floor(limitBytes / 2)
  }

  /** Bytes ever written. */
  size(): number {
    const tail = this.#currentTail()
    return (tail ? tail.start + tail.size : 0) + this.#withLive((fd) => fstatSync(fd).size, 0)
  }

  /** Reads from `offset`, or from that many bytes before the end when it is negative. */
  read(offset: number, limit: number): ConsoleText {
    const tail = this.#currentTail()
    const first = tail?.start ?? 0
    const liveStart = tail ? tail.start + tail.size : 0
    return this.#withLive(
      (fd) => {
        const size = liveStart + fstatSync(fd).size
        const from = Math.min(Math.max(offset < 0 ? size + offset : offset, first), size)
        const bytes = Buffer.alloc(Math.min(limit, size - from))
        let filled = 0
        if (tail && from < liveStart) {
          const tailFd = openSync(tail.path, constants.O_RDONLY | constants.O_NOFOLLOW)
          try {
            filled = readSync(tailFd, bytes, 0, Math.min(bytes.length, liveStart - from), from - tail.start)
          } finally {
            closeSync(tailFd)
          }
        }
        if (filled < bytes.length)
          filled += readSync(fd, bytes, filled, bytes.length - filled, from + filled - liveStart)
        const read = bytes.subarray(0, filled)
        const whole = completeLength(read)
        // A limit inside one character must not stop a reader for ever.
        return { offset: from, size, text: decodeExactly(whole > 0 ? read.subarray(0, whole) : read) }
      },
      { offset: liveStart, size: liveStart, text: '' },
    )
  }

  /** Makes the log short again when it has become too long. */
  trim(): void {
    this.#withLive((fd) => {
      let size = fstatSync(fd).size
      if (size <= this.#half) return
      const old = this.#currentTail()
      const kept = Buffer.alloc(this.#half)
      readSync(fd, kept, 0, kept.length, size - kept.length)
      const start = (old ? old.start + old.size : 0) + size - kept.length
      const tail = { path: join(this.#dir, `console.tail.${start}`), start, size: kept.length }
      writeFileSync(`${tail.path}.part`, kept, { mode: 0o600 })
      renameSync(`${tail.path}.part`, tail.path)
      for (let round = 0; round < 5; round++) {
        const more = Buffer.alloc(Math.max(0, fstatSync(fd).size - size))
        if (more.length === 0) break
        readSync(fd, more, 0, more.length, size)
        appendFileSync(tail.path, more)
        size += more.length
        tail.size += more.length
      }
      ftruncateSync(fd, 0)
      this.#tail = tail
      if (old) rmSync(old.path, { force: true })
    }, undefined)
  }

  #currentTail(): Tail | null {
    if (this.#tail !== undefined) return this.#tail
    let names: string[]
    try {
      names = readdirSync(this.#dir)
    } catch {
      return null
    }
    const starts = names.flatMap((name) => tailName.exec(name)?.[1] ?? []).map(Number)
    const start = Math.max(...starts)
    for (const other of starts)
      if (other !== start) rmSync(join(this.#dir, `console.tail.${other}`), { force: true })
    const path = join(this.#dir, `console.tail.${start}`)
    this.#tail = starts.length > 0 ? { path, start, size: statSync(path).size } : null
    return this.#tail
  }

  /** The live file belongs to the hypervisor's user: neither a link nor a pipe put in its place is followed. */
  #withLive<Result>(use: (fd: number) => Result, absent: Result): Result {
    let fd: number
    try {
      fd = openSync(this.#live, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent
      throw error
    }
    try {
      return fstatSync(fd).isFile() ? use(fd) : absent
    } finally {
      closeSync(fd)
    }
  }
}
