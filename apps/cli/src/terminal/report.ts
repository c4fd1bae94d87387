import { ConfigError } from '@nephos/config'
import pc from 'picocolors'
import { Failure, messageOf } from '../failure.ts'

/** Says on standard error why a command failed: the sentence, the evidence, the remedy. Never a stack trace. */
export function reportFailure(error: unknown): void {
  const out = process.stderr
  if (error instanceof ConfigError) {
    out.write(`${pc.red('✗')} The configuration was refused.\n`)
    for (const { name, source, problem, remedy } of error.problems)
      out.write(`  ${pc.bold(name)} (in ${source}): ${problem} ${remedy}\n`)
    return
  }
  out.write(`${pc.red('✗')} ${messageOf(error)}\n`)
  if (!(error instanceof Failure)) return
  for (const line of error.evidence ?? []) out.write(`    ${pc.dim(line)}\n`)
  if (error.remedy) out.write(`  ${error.remedy}\n`)
}
