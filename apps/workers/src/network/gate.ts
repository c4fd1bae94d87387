/**
 * Lets many users through side by side, or one that wants to be alone. Whoever wants to be alone is not overtaken by
 * those that come later.
 */
export class Gate {
  #inside = 0
  #closed: Promise<void> | undefined
  #emptied: (() => void) | undefined

  /** Runs beside others, never beside {@link alone}. */
  async shared<Result>(task: () => Promise<Result>): Promise<Result> {
    while (this.#closed) await this.#closed
    this.#inside += 1
    try {
      return await task()
    } finally {
      this.#inside -= 1
      if (this.#inside === 0) this.#emptied?.()
    }
  }

  /** Runs when nobody else does. */
  async alone<Result>(task: () => Promise<Result>): Promise<Result> {
    while (this.#closed) await this.#closed
    let open = () => {}
    this.#closed = new Promise((resolve) => {
      open = resolve
    })
    try {
      if (this.#inside > 0)
        await new Promise<void>((resolve) => {
          this.#emptied = resolve
        })
      return await task()
    } finally {
      this.#emptied = undefined
      this.#closed = undefined
      open()
    }
  }
}
