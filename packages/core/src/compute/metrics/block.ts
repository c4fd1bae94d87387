import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** How finely a block is measured: 0 as sampled, 1 means and maxima of minutes. */
export type Tier = 0 | 1

/** Measurements at equal steps: one column for each series (in tier 1 the means, then the maxima), NaN where unknown. */
export interface Block {
  /** Milliseconds since 1970. */
  startsAt: number
  stepMs: number
  slots: number
  columns: Float32Array[]
}

const minute = 60_000
/** How long a block of each tier is, in ms. */
export const blockMs: Record<Tier, number> = { 0: 15 * minute, 1: 60 * minute }
/** How long a block is kept after its end, in ms. Plots reach back 24 hours, and a block may straddle that moment. */
export const keepMs: Record<Tier, number> = { 0: 3 * 60 * minute, 1: 25 * 60 * minute }
/** Step of tier 1. */
export const coarseStepMs = minute

/** Beginning of the block that holds a moment. */
export const blockStart = (at: number, tier: Tier): number => Math.floor(at / blockMs[tier]) * blockMs[tier]

/** A block in which nothing is known yet. */
export function emptyBlock(startsAt: number, stepMs: number, tier: Tier, series: number): Block {
  const slots = Math.ceil(blockMs[tier] / stepMs)
  const columns = Array.from({ length: tier === 0 ? series : series * 2 }, () =>
    new Float32Array(slots).fill(Number.NaN),
  )
  return { startsAt, stepMs, slots, columns }
}

const version = 1
const headerBytes = 8
/** Eleven bits of the mantissa are kept less than a float has: 0.02 % of the value, and half the size. */
const kept = 0xffff_f800

/**
 * Packs a block: version, number of columns, slots, step, then the columns, deflated. Equal bytes of neighbouring
 * numbers stand together, which is what makes an idle hour small.
 */
export function packBlock({ stepMs, slots, columns }: Block): Uint8Array<ArrayBuffer> {
  const cells = slots * columns.length
  const planes = Buffer.alloc(cells * 4)
  columns.forEach((column, index) => {
    const bits = new Uint32Array(column.buffer, column.byteOffset, slots)
    for (let slot = 0; slot < slots; slot++) {
      const cell = bits[slot]! & kept
      const at = index * slots + slot
      planes[at] = cell >>> 24
      planes[cells + at] = (cell >>> 16) & 0xff
      planes[cells * 2 + at] = (cell >>> 8) & 0xff
      planes[cells * 3 + at] = cell & 0xff
    }
  })
  const body = deflateRawSync(planes, { level: 3 })
  const packed = new Uint8Array(headerBytes + body.length)
  const header = new DataView(packed.buffer)
  header.setUint8(0, version)
  header.setUint8(1, columns.length)
  header.setUint16(2, slots)
  header.setUint32(4, stepMs)
  packed.set(body, headerBytes)
  return packed
}

/** Unpacks what {@link packBlock} made; null when it is of another version or broken. */
export function unpackBlock(startsAt: number, packed: Uint8Array): Block | null {
  if (packed.length < headerBytes || packed[0] !== version) return null
  const header = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const [count, slots, stepMs] = [header.getUint8(1), header.getUint16(2), header.getUint32(4)]
  const cells = count * slots
  let planes: Buffer
  try {
    planes = inflateRawSync(packed.subarray(headerBytes), { maxOutputLength: cells * 4 + 1 })
  } catch {
    return null
  }
  if (planes.length !== cells * 4 || stepMs === 0) return null
  const columns = Array.from({ length: count }, (_, index) => {
    const bits = new Uint32Array(slots)
    for (let slot = 0; slot < slots; slot++) {
      const at = index * slots + slot
      bits[slot] =
        (planes[at]! << 24) |
        (planes[cells + at]! << 16) |
        (planes[cells * 2 + at]! << 8) |
        planes[cells * 3 + at]!
    }
    return new Float32Array(bits.buffer)
  })
  return { startsAt, stepMs, slots, columns }
}
