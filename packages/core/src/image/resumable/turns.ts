/**
 * Lets one at a time write to a thing. Whoever comes later has the newer connection: the one before is told to stop,
 * as it may be waiting for bytes that will never come.
 */
export class Turns {
  readonly #running = new Map<string, { stop: () => void; ended: Promise<void> }>()

  /** Runs `work` once nobody else works on `name` any more. `stop` ends it early. */
  async take<T>(name: string, stop: () => void, work: () => Promise<T>): Promise<T> {
    for (let before = this.#running.get(name); before; before = this.#running.get(name)) {
      before.stop()
      await before.ended
    }
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#running.set(name, { stop, ended })
    try {
      return await work()
    } finally {
      this.#running.delete(name)
      end()
    }
  }
}
