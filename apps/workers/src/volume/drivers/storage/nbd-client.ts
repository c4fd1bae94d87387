import type { Socket } from 'node:net'
import { NephosError } from '@nephos/core/errors'
import { connectUnix } from '../../../compute/drivers/qemu/unix-socket.ts'
import type { DiskExtent } from '../../driver.ts'
import { ByteReader } from './byte-reader.ts'
import { allocationData, goData, nbd, optionRequest, requestHead } from './nbd-wire.ts'

/** Bytes that one request reads or writes at most. */
const longestTransfer = 4 * 1024 * 1024
/** Bytes that one question about extents covers: a request has 32 bits for it. */
const longestQuestion = 2 ** 31
/** `base:allocation` says that these bytes read as zero. */
const zeroFlag = 2

interface Pending {
  /** Where what is read goes. */
  into?: { buffer: Buffer; offset: number }
  extents?: { length: number; zero: boolean }[]
  error?: string
  resolve: () => void
  reject: (error: Error) => void
}

/** A connection to one export of an NBD server on a unix socket. */
export class NbdClient {
  readonly #socket: Socket
  readonly #reader: ByteReader
  readonly #pending = new Map<bigint, Pending>()
  #nextCookie = 1n
  #size = 0
  #contexts = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#reader = new ByteReader(socket)
  }

  /** @throws NephosError driver_failed */
  static async connect(path: string, name = '', timeoutMs = 10_000): Promise<NbdClient> {
    const socket = await connectUnix(path, timeoutMs).catch((cause) => {
      throw failed(cause.message, cause)
    })
    const client = new NbdClient(socket)
    try {
      await client.#negotiate(name)
    } catch (error) {
      client.#socket.destroy()
      throw error
    }
    void client.#receive()
    return client
  }

  /** Bytes of the disk. */
  get sizeBytes(): number {
    return this.#size
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length)
    await this.#each(offset, length, longestTransfer, (at, size) =>
      this.#request(nbd.command.read, at, size, { into: { buffer, offset } }),
    )
    return buffer
  }

  write(offset: number, bytes: Buffer): Promise<void> {
    return this.#each(offset, bytes.length, longestTransfer, (at, size) =>
      this.#request(nbd.command.write, at, size, {}, bytes.subarray(at - offset, at - offset + size)),
    )
  }

  /** Makes bytes zero; they take no room where the server can help it. */
  zero(offset: number, length: number): Promise<void> {
    return this.#each(offset, length, longestQuestion / 2, (at, size) =>
      this.#request(nbd.command.writeZeroes, at, size, {}),
    )
  }

  /** What was written is on the disk when this returns. */
  flush(): Promise<void> {
    return this.#request(nbd.command.flush, 0, 0, {})
  }

  /** Runs that may hold something else than zeroes, in order. @param size bytes from the beginning to look at */
  async *extents(size = this.#size): AsyncGenerator<DiskExtent> {
    let found = null as DiskExtent | null
    for (let at = 0; at < size; ) {
      const extents: { length: number; zero: boolean }[] = []
      const length = Math.min(longestQuestion, size - at)
      if (this.#contexts > 0) await this.#request(nbd.command.blockStatus, at, length, { extents })
      else extents.push({ length, zero: false })
      if (extents.length === 0) throw failed('the server answered nothing about what it holds')
      for (const { length, zero } of extents) {
        const end: number = Math.min(at + length, size)
        if (zero) {
          if (found) yield found
          found = null
        } else found = { offset: found?.offset ?? at, length: end - (found?.offset ?? at) }
        at = end
      }
    }
    if (found) yield found
  }

  /** Says goodbye; what was not flushed may be lost. */
  close(): void {
    if (!this.#socket.destroyed) this.#socket.write(requestHead(nbd.command.disconnect, 0n, 0, 0))
    this.#socket.end()
    this.#socket.destroySoon()
  }

  async #each(
    offset: number,
    length: number,
    step: number,
    task: (at: number, size: number) => Promise<void>,
  ): Promise<void> {
    for (let at = offset; at < offset + length; at += step)
      await task(at, Math.min(step, offset + length - at))
  }

  #request(
    command: number,
    offset: number,
    length: number,
    parts: Pick<Pending, 'into' | 'extents'>,
    data?: Buffer,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(failed('the connection has ended'))
      const cookie = this.#nextCookie++
      this.#pending.set(cookie, { ...parts, resolve, reject })
      this.#socket.write(requestHead(command, cookie, offset, length))
      if (data) this.#socket.write(data)
    })
  }

  async #negotiate(name: string): Promise<void> {
    const greeting = await this.#reader.take(18)
    if (greeting.readBigUInt64BE(0) !== nbd.magic || greeting.readBigUInt64BE(8) !== nbd.optionMagic)
      throw failed('the server speaks another protocol')
    // Fixed newstyle, and no padding.
    this.#socket.write(Buffer.from([0, 0, 0, 3]))
    const structured = await this.#option(nbd.option.structuredReply)
    if (structured.granted) {
      const { replies } = await this.#option(nbd.option.setMetaContext, allocationData(name))
      this.#contexts = replies.filter(({ type }) => type === nbd.optionReply.metaContext).length
    }
    const { granted, replies } = await this.#option(nbd.option.go, goData(name))
    const info = replies.find(
      ({ type, data }) => type === nbd.optionReply.info && data.length >= 12 && data.readUInt16BE(0) === 0,
    )
    if (!granted || !info) throw failed(`the server has no export "${name}"`)
    this.#size = Number(info.data.readBigUInt64BE(2))
  }

  async #option(option: number, data: Buffer = Buffer.alloc(0)) {
    this.#socket.write(optionRequest(option, data))
    const replies: { type: number; data: Buffer }[] = []
    for (;;) {
      const head = await this.#reader.take(20)
      if (head.readBigUInt64BE(0) !== nbd.replyMagic) throw failed('the server speaks another protocol')
      const type = head.readUInt32BE(12)
      const answer = await this.#reader.take(head.readUInt32BE(16))
      if (type === nbd.optionReply.ack) return { granted: true, replies }
      // Errors have the highest bit.
      if (type >= 0x80000000) return { granted: false, replies }
      replies.push({ type, data: answer })
    }
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const magic = (await this.#reader.take(4)).readUInt32BE(0)
        if (magic === nbd.chunkMagic) await this.#chunk()
        else if (magic === nbd.simpleReplyMagic) await this.#simple()
        else throw failed('the server speaks another protocol')
      }
    } catch (error) {
      this.#socket.destroy()
      for (const { reject } of this.#pending.values()) reject(error as Error)
      this.#pending.clear()
    }
  }

  async #simple(): Promise<void> {
    const head = await this.#reader.take(12)
    const pending = this.#pending.get(head.readBigUInt64BE(4))
    if (!pending) throw failed('the server answered what nobody asked')
    const code = head.readUInt32BE(0)
    if (code !== 0) pending.error = `error ${code}`
    this.#done(head.readBigUInt64BE(4), pending)
  }

  async #chunk(): Promise<void> {
    const head = await this.#reader.take(16)
    const [flags, type, cookie] = [head.readUInt16BE(0), head.readUInt16BE(2), head.readBigUInt64BE(4)]
    const body = await this.#reader.take(head.readUInt32BE(12))
    const pending = this.#pending.get(cookie)
    if (!pending) throw failed('the server answered what nobody asked')
    if (type & nbd.chunkError)
      pending.error = body.toString('utf8', 6, 6 + body.readUInt16BE(4)) || `error ${body.readUInt32BE(0)}`
    else if (type === nbd.chunk.data && pending.into)
      body.copy(pending.into.buffer, Number(body.readBigUInt64BE(0)) - pending.into.offset, 8)
    else if (type === nbd.chunk.blockStatus)
      for (let at = 4; at + 8 <= body.length; at += 8)
        pending.extents?.push({
          length: body.readUInt32BE(at),
          zero: (body.readUInt32BE(at + 4) & zeroFlag) !== 0,
        })
    if (flags & 1) this.#done(cookie, pending)
  }

  #done(cookie: bigint, { error, resolve, reject }: Pending): void {
    this.#pending.delete(cookie)
    if (error) reject(failed(error))
    else resolve()
  }
}

const failed = (words: string, cause?: unknown): NephosError =>
  new NephosError('driver_failed', `The disk cannot be read or written: ${words}.`, { cause })
