import { createInterface } from 'node:readline/promises'
import { Failure } from '../failure.ts'

/**
 * Asks a person; only `yes` counts.
 * @throws Failure when nobody is there to ask
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Failure('This asks for confirmation, and there is no terminal.', { remedy: 'Add --yes.' })
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await terminal.question(`${question} Type yes: `)).trim() === 'yes'
  } finally {
    terminal.close()
  }
}
