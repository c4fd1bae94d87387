/** Writes the length-prefixed strings of SSH's wire format (RFC 4251 §5). */
export function sshStrings(...parts: (Buffer | string)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}

/** Reads the length-prefixed strings of a whole blob; null when lengths and bytes do not fit exactly. */
export function readSshStrings(blob: Buffer): Buffer[] | null {
  const parts: Buffer[] = []
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return null
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return null
    parts.push(blob.subarray(at + 4, end))
    at = end
  }
  return parts
}
