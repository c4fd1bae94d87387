/** Runs tasks with the same key one after the other, tasks with different keys side by side. */
export class KeyedLock {
  readonly #last = new Map<string, Promise<unknown>>()

  /** The result of `task`, which starts when the earlier ones of its key have ended, well or badly. */
  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const earlier = this.#last.get(key) ?? Promise.resolve()
    const result = earlier.then(task, task)
    const settled = result.then(
      () => {},
      () => {},
    )
    this.#last.set(key, settled)
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    return result
  }
}
