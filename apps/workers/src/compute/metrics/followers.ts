const followMs = 30_000

/** Which resources somebody looks at now. */
export class Followers {
  readonly #until = new Map<string, number>()

  /** Somebody looks at these for the next 30 seconds. */
  add(ids: readonly string[], now: number): void {
    for (const id of ids) this.#until.set(id, now + followMs)
  }

  /** What is looked at. */
  now(now: number): ReadonlySet<string> {
    for (const [id, until] of this.#until) if (until < now) this.#until.delete(id)
    return new Set(this.#until.keys())
  }
}
