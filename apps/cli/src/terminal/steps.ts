/** What happens while something takes its steps; sent over the control socket as one line of JSON each. */
export type StepEvent =
  | { kind: 'begin'; id: number; title: string }
  | { kind: 'end'; id: number; title: string; ok: boolean; ms: number; detail: string }
  | { kind: 'note'; text: string }

/** Runs named steps, some of them side by side, and tells listeners about each. */
export class Steps {
  readonly #past: StepEvent[] = []
  readonly #listeners = new Set<(event: StepEvent) => void>()
  #next = 1

  /** Hears every event from the first one on. @returns a function that ends it */
  listen(listener: (event: StepEvent) => void): () => void {
    for (const event of this.#past) listener(event)
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Passes an event of somebody else's steps on. */
  emit(event: StepEvent): void {
    this.#past.push(event)
    for (const listener of this.#listeners) listener(event)
  }

  /** A line of its own between the steps. */
  note(text: string): void {
    this.emit({ kind: 'note', text })
  }

  /**
   * Runs one step. `detail` is called with the result and says what to print behind the title.
   * @throws whatever `work` throws
   */
  async run<T>(title: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T> {
    const id = this.#next++
    const began = performance.now()
    const end = (ok: boolean, text: string) =>
      this.emit({ kind: 'end', id, title, ok, ms: Math.round(performance.now() - began), detail: text })
    this.emit({ kind: 'begin', id, title })
    try {
      const result = await work()
      end(true, detail?.(result) ?? '')
      return result
    } catch (error) {
      end(false, '')
      throw error
    }
  }
}
