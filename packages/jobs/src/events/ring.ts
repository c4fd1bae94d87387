/** Keeps the newest `size` things in order of their sequence number. */
export class Ring<T extends { seq: number }> {
  #items: T[] = []
  #start = 0

  constructor(readonly size: number) {}

  /** @returns what had to go to make room */
  push(item: T): T | undefined {
    this.#items.push(item)
    if (this.length <= this.size) return undefined
    const dropped = this.#items[this.#start++]
    // Moving the array only now and then keeps pushing cheap.
    if (this.#start > this.size) {
      this.#items = this.#items.slice(this.#start)
      this.#start = 0
    }
    return dropped
  }

  get length(): number {
    return this.#items.length - this.#start
  }

  /** Everything after `seq`, oldest first. */
  after(seq: number): T[] {
    let low = this.#start
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#items[middle]!.seq <= seq) low = middle + 1
      else high = middle
    }
    return this.#items.slice(low)
  }

  clear(): void {
    this.#items = []
    this.#start = 0
  }
}
