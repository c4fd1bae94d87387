const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const questionMark = 0x3f

/** Bytes of the sequence that `lead` starts; 0 when no sequence starts so. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1
  if (lead >= 0xc2 && lead <= 0xdf) return 2
  if (lead >= 0xe0 && lead <= 0xef) return 3
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
}

function decodes(bytes: Buffer): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

/**
 * Text of exactly as many UTF-8 bytes as it was made from: each byte that is no UTF-8 becomes a question mark. So a reader
 * can go on at its offset plus the bytes of the text.
 */
export function decodeExactly(bytes: Buffer): string {
  if (decodes(bytes)) return bytes.toString('utf8')
  const clean = Buffer.from(bytes)
  for (let at = 0; at < clean.length; ) {
    const length = sequenceLength(clean[at]!)
    if (length > 0 && at + length <= clean.length && decodes(clean.subarray(at, at + length))) at += length
    else clean[at++] = questionMark
  }
  return clean.toString('utf8')
}

/** Length of `bytes` without a last character that is not complete yet. */
export function completeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const lead = bytes[bytes.length - back]!
    if ((lead & 0xc0) === 0x80) continue
    return sequenceLength(lead) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
