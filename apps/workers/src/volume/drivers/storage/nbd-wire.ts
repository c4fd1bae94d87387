/** Numbers of the NBD protocol, fixed newstyle, as its specification has them. */
export const nbd = {
  magic: 0x4e42444d41474943n,
  optionMagic: 0x49484156454f5054n,
  replyMagic: 0x3e889045565a9n,
  requestMagic: 0x25609513,
  simpleReplyMagic: 0x67446698,
  chunkMagic: 0x668e33ef,
  option: { go: 7, structuredReply: 8, setMetaContext: 10 },
  optionReply: { ack: 1, info: 3, metaContext: 4 },
  command: { read: 0, write: 1, disconnect: 2, flush: 3, writeZeroes: 6, blockStatus: 7 },
  chunk: { none: 0, data: 1, hole: 2, blockStatus: 5 },
  /** Bit 15 of a chunk's type. */
  chunkError: 0x8000,
  allocation: 'base:allocation',
} as const

/** An option as the client asks for it. */
export function optionRequest(option: number, data: Buffer): Buffer {
  const head = Buffer.alloc(16)
  head.writeBigUInt64BE(nbd.optionMagic, 0)
  head.writeUInt32BE(option, 8)
  head.writeUInt32BE(data.length, 12)
  return Buffer.concat([head, data])
}

/** Data of the option that asks for an export and its size. */
export function goData(name: string): Buffer {
  const text = Buffer.from(name)
  const data = Buffer.alloc(4 + text.length + 2)
  data.writeUInt32BE(text.length, 0)
  text.copy(data, 4)
  return data
}

/** Data of the option that asks for where an export holds bytes. */
export function allocationData(name: string): Buffer {
  const [text, query] = [Buffer.from(name), Buffer.from(nbd.allocation)]
  const data = Buffer.alloc(12 + text.length + query.length)
  let at = data.writeUInt32BE(text.length, 0)
  at += text.copy(data, at)
  at = data.writeUInt32BE(1, at)
  at = data.writeUInt32BE(query.length, at)
  query.copy(data, at)
  return data
}

/** Head of a request; what is written follows. */
export function requestHead(command: number, cookie: bigint, offset: number, length: number): Buffer {
  const head = Buffer.alloc(28)
  head.writeUInt32BE(nbd.requestMagic, 0)
  head.writeUInt16BE(command, 6)
  head.writeBigUInt64BE(cookie, 8)
  head.writeBigUInt64BE(BigInt(offset), 16)
  head.writeUInt32BE(length, 24)
  return head
}
