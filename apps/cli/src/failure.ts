/** An expected failure: one sentence for the person at the terminal, and what to do about it. */
export class Failure extends Error {
  readonly remedy?: string
  /** Lines that show why: the end of a log. */
  readonly evidence?: string[]

  constructor(message: string, { remedy, evidence }: { remedy?: string; evidence?: string[] } = {}) {
    super(message)
    this.name = 'Failure'
    this.remedy = remedy
    this.evidence = evidence
  }
}

/** The sentence of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
