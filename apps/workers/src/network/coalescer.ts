/** Runs a piece of work for each key that was named, soon and once, however often it was named meanwhile. */
export class Coalescer {
  readonly #run: (key: string) => Promise<void>
  readonly #onError: (error: unknown, key: string) => void
  readonly #delayMs: number
  readonly #waiting = new Map<string, NodeJS.Timeout>()
  readonly #running = new Set<Promise<void>>()

  constructor(
    run: (key: string) => Promise<void>,
    onError: (error: unknown, key: string) => void,
    delayMs = 50,
  ) {
    this.#run = run
    this.#onError = onError
    this.#delayMs = delayMs
  }

  add(key: string): void {
    if (this.#waiting.has(key)) return
    const timer = setTimeout(() => {
      this.#waiting.delete(key)
      const done: Promise<void> = this.#run(key)
        .catch((error: unknown) => this.#onError(error, key))
        .finally(() => this.#running.delete(done))
      this.#running.add(done)
    }, this.#delayMs)
    this.#waiting.set(key, timer)
  }

  /** Drops what waits and ends when what runs has ended. */
  async stop(): Promise<void> {
    for (const timer of this.#waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
    await Promise.all(this.#running)
  }
}
