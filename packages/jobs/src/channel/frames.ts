/**
 * What travels between the two ends of a channel, one NATS message each. The first byte is the kind:
 * - data: sequence number (u32), bytes
 * - credit: total of bytes taken so far (u48), frames sent so far (u32); also the sign of life
 * - close: code (u16), reason in UTF-8
 */
export type Frame =
  | { kind: 'data'; seq: number; bytes: Uint8Array }
  | { kind: 'credit'; taken: number; sent: number }
  | { kind: 'close'; code: number; reason: string }

const kinds = { data: 1, credit: 2, close: 3 } as const
const dataHeader = 5

/** A frame as bytes. */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.kind === 'data') {
    const bytes = Buffer.allocUnsafe(dataHeader + frame.bytes.length)
    bytes.writeUInt8(kinds.data)
    bytes.writeUInt32BE(frame.seq >>> 0, 1)
    bytes.set(frame.bytes, dataHeader)
    return bytes
  }
  if (frame.kind === 'credit') {
    const bytes = Buffer.alloc(11)
    bytes.writeUInt8(kinds.credit)
    bytes.writeUIntBE(frame.taken, 1, 6)
    bytes.writeUInt32BE(frame.sent >>> 0, 7)
    return bytes
  }
  const reason = Buffer.from(frame.reason)
  const bytes = Buffer.alloc(3 + reason.length)
  bytes.writeUInt8(kinds.close)
  bytes.writeUInt16BE(frame.code, 1)
  reason.copy(bytes, 3)
  return bytes
}

/** The frame in a message, or null when it is none. */
export function decodeFrame(message: Uint8Array): Frame | null {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const kind = bytes[0]
  if (kind === kinds.data && bytes.length > dataHeader)
    return { kind: 'data', seq: bytes.readUInt32BE(1), bytes: bytes.subarray(dataHeader) }
  if (kind === kinds.credit && bytes.length === 11)
    return { kind: 'credit', taken: bytes.readUIntBE(1, 6), sent: bytes.readUInt32BE(7) }
  if (kind === kinds.close && bytes.length >= 3)
    return { kind: 'close', code: bytes.readUInt16BE(1), reason: bytes.toString('utf8', 3) }
  return null
}
