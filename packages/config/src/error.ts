/** One thing that is wrong with the configuration. Never holds the value of a secret. */
export interface ConfigProblem {
  /** The name as the person wrote it: `NEPHOS_WEB_PORT` or `web_port`. */
  name: string
  /** Where it was written: `the environment` or the path of the file. */
  source: string
  problem: string
  remedy: string
}

/** The configuration was refused; the message lists every problem with its key and its remedy. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(
      problems
        .map(({ name, source, problem, remedy }) => `${name} (in ${source}): ${problem} ${remedy}`.trim())
        .join('\n'),
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}
