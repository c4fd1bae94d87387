import { contains, type Range, sizeOf } from './ipv4.ts'

/** Above this many addresses a subnet is never read whole. */
const listable = 4_096

/**
 * Up to `count` different addresses out of the ranges, chosen at random, none of them in `taken`. Small or nearly
 * full ranges are searched whole, so that the last free address is found; in large ones a miss is possible when
 * most of the addresses are taken.
 */
export function pickAddresses(
  ranges: readonly Range[],
  count: number,
  taken: ReadonlySet<number> = new Set(),
  random: () => number = Math.random,
): number[] {
  const size = sizeOf(ranges)
  if (size <= listable) return shuffled(freeAddresses(ranges, taken), count, random)
  const picked = new Set<number>()
  for (let tries = count * 8 + 64; tries > 0 && picked.size < count; tries--) {
    const address = addressAt(ranges, Math.floor(random() * size))
    if (!taken.has(address)) picked.add(address)
  }
  return [...picked]
}

/** The addresses of the ranges in blocks of at most `length`, beginning anywhere and going round once. */
export function* blocksOf(
  ranges: readonly Range[],
  length: number,
  random: () => number = Math.random,
): Generator<number[]> {
  const size = sizeOf(ranges)
  const start = Math.floor(random() * size)
  for (let done = 0; done < size; done += length)
    yield Array.from({ length: Math.min(length, size - done) }, (_, index) =>
      addressAt(ranges, (start + done + index) % size),
    )
}

/** The `index`-th address of the ranges, counted through all of them. */
export function addressAt(ranges: readonly Range[], index: number): number {
  let left = index
  for (const range of ranges) {
    const size = range.last - range.first + 1
    if (left < size) return range.first + left
    left -= size
  }
  throw new RangeError(`There is no address ${index} in these ranges.`)
}

/** True when one of the ranges holds the address. */
export const inRanges = (ranges: readonly Range[], address: number): boolean =>
  ranges.some((range) => contains(range, address))

function freeAddresses(ranges: readonly Range[], taken: ReadonlySet<number>): number[] {
  const free: number[] = []
  for (const { first, last } of ranges)
    for (let address = first; address <= last; address++) if (!taken.has(address)) free.push(address)
  return free
}

function shuffled(addresses: number[], count: number, random: () => number): number[] {
  const wanted = Math.min(count, addresses.length)
  for (let index = 0; index < wanted; index++) {
    const other = index + Math.floor(random() * (addresses.length - index))
    const held = addresses[index]!
    addresses[index] = addresses[other]!
    addresses[other] = held
  }
  return addresses.slice(0, wanted)
}
