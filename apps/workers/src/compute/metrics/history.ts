import { type Block, blockMs, blockStart, coarseBlock, emptyBlock, keepMs, type Tier } from '@nephos/core'

const fineMs = blockMs[0]
const hourMs = blockMs[1]
/** How far back memory reaches: an hour of plot. */
const heldMs = hourMs + fineMs
/** A gap of up to two looks is filled with the rate that was measured over it; a longer one stays a gap. */
const mostBridged = 3

/** A block that is to be written, or was. */
interface Written {
  tier: Tier
  block: Block
}

/** What a host remembers of one resource: the last hour and a quarter as sampled, about 20 KiB of an instance. */
export class History {
  readonly #series: number
  readonly #stepMs: number
  readonly #fine = new Map<number, Block>()
  /** Beginnings of the blocks that are not written as they are now. */
  readonly #dirty = new Set<number>()
  /** Beginnings of the hours whose minutes are not written yet. */
  readonly #hours = new Set<number>()
  #last = Number.NEGATIVE_INFINITY

  /** @param stepMs from one look to the next */
  constructor(series: number, stepMs: number) {
    this.#series = series
    this.#stepMs = stepMs
  }

  /** Adds what was measured at a moment; the values hold since the look before. */
  add(at: number, values: readonly number[]): void {
    const slot = Math.floor(at / this.#stepMs)
    const before = Math.floor(this.#last / this.#stepMs)
    const first = slot - before <= mostBridged ? Math.min(before + 1, slot) : slot
    this.#last = at
    for (let filled = first; filled <= slot; filled++) this.#put(filled * this.#stepMs, values)
  }

  /** Takes back what a former worker had written. Blocks of another step stay in the database only. */
  restore(block: Block): void {
    if (block.stepMs !== this.#stepMs || block.columns.length !== this.#series) return
    this.#fine.set(block.startsAt, block)
    this.#hours.add(blockStart(block.startsAt, 1))
  }

  /**
   * Takes what is to be written: blocks that have grown, and the minutes of hours that are over (`all`: of every hour).
   * It counts as written from now on; {@link giveBack} what could not be.
   */
  take(now: number, all = false): Written[] {
    const fine = [...this.#dirty].flatMap((startsAt) => {
      const block = this.#fine.get(startsAt)
      return block ? [{ tier: 0 as const, block }] : []
    })
    this.#dirty.clear()
    const coarse: Written[] = []
    for (const hour of this.#hours) {
      if (!all && hour + hourMs > now) continue
      this.#hours.delete(hour)
      const block = coarseBlock(this.blocks(hour, hour + hourMs), hour, this.#series)
      if (block) coarse.push({ tier: 1, block })
    }
    return [...fine, ...coarse]
  }

  /** What was taken and not written is to be written again. */
  giveBack(blocks: readonly Written[]): void {
    for (const { tier, block } of blocks) (tier === 0 ? this.#dirty : this.#hours).add(block.startsAt)
  }

  /**
   * Forgets what is written and older than an hour and a quarter, and in any case what the database would not keep:
   * memory stays bounded while the database is away. @returns false when nothing is left
   */
  prune(now: number): boolean {
    for (const hour of this.#hours) if (hour + hourMs <= now - keepMs[0]) this.#hours.delete(hour)
    for (const startsAt of this.#fine.keys()) {
      const end = startsAt + fineMs
      const kept = this.#dirty.has(startsAt) || this.#hours.has(blockStart(startsAt, 1))
      if (end > now - heldMs || (kept && end > now - keepMs[0])) continue
      this.#fine.delete(startsAt)
      this.#dirty.delete(startsAt)
    }
    return this.#fine.size > 0
  }

  /** Blocks that begin in a time, oldest first. */
  blocks(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Block[] {
    return [...this.#fine.values()]
      .filter(({ startsAt }) => startsAt >= from && startsAt < to)
      .sort((a, b) => a.startsAt - b.startsAt)
  }

  /** Means of the last minutes of one series, the newest last; null where nothing is known. */
  minutes(series: number, count: number, now: number): (number | null)[] {
    const first = Math.floor(now / 60_000) - count + 1
    const [sums, counts] = [new Float64Array(count), new Uint32Array(count)]
    for (const { startsAt, stepMs, slots, columns } of this.blocks(first * 60_000 - fineMs)) {
      const column = columns[series]!
      for (let slot = 0; slot < slots; slot++) {
        const minute = Math.floor((startsAt + slot * stepMs) / 60_000) - first
        if (minute < 0 || minute >= count || Number.isNaN(column[slot]!)) continue
        sums[minute]! += column[slot]!
        counts[minute]!++
      }
    }
    return Array.from(sums, (sum, minute) =>
      counts[minute] === 0 ? null : Number((sum / counts[minute]!).toPrecision(3)),
    )
  }

  #put(at: number, values: readonly number[]): void {
    const startsAt = blockStart(at, 0)
    let block = this.#fine.get(startsAt)
    if (!block) {
      block = emptyBlock(startsAt, this.#stepMs, 0, this.#series)
      this.#fine.set(startsAt, block)
    }
    // With a step that does not divide the quarter, the last slot of a block begins where its multiple lies.
    const slot = Math.floor((at - startsAt) / this.#stepMs)
    values.forEach((value, index) => {
      block.columns[index]![slot] = value
    })
    this.#dirty.add(startsAt)
    this.#hours.add(blockStart(startsAt, 1))
  }
}
