/** How long to wait before a crashed process is started again: doubles with each crash, starts over after a calm time. */
export class BackOff {
  readonly #firstMs: number
  readonly #maxMs: number
  readonly #calmMs: number
  #crashes = 0

  constructor({ firstMs = 500, maxMs = 30_000, calmMs = 60_000 } = {}) {
    this.#firstMs = firstMs
    this.#maxMs = maxMs
    this.#calmMs = calmMs
  }

  /** Milliseconds to wait now, after a process that lived for `livedMs`. */
  next(livedMs: number): number {
    if (livedMs >= this.#calmMs) this.#crashes = 0
    return Math.min(this.#maxMs, this.#firstMs * 2 ** this.#crashes++)
  }
}
