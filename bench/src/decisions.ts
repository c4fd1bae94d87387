import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { type Row, row } from './report.ts'

const root = resolve(import.meta.dirname, '../..')

/** What the program prints. */
interface Decisions {
  hosts: number
  instances: number
  placed: number
  seconds: number
  processorSeconds: number
}

/**
 * How many instances one scheduler places in a second: choice and claim, in a cloud of 1,000 hosts with 20,000
 * instances. A process of its own, with a PostgreSQL of its own. @throws Error with what the program said
 */
export async function decisions(notes: string[]): Promise<Row> {
  const { hosts, instances, placed, seconds, processorSeconds } = await runProgram<Decisions>(
    'apps/workers/src/testing/decisions.ts',
  )
  notes.push(
    `processor time of the scheduler: ${((1_000 * processorSeconds) / placed).toFixed(1)} ms a decision`,
  )
  return row(
    `scheduling decisions, ${hosts} hosts with ${instances} instances`,
    placed / seconds,
    { atLeast: 300 },
    'decisions/s',
  )
}

/** Runs a program of the workers that prints one line of JSON. @throws Error with what it said */
export function runProgram<Answer>(program: string): Promise<Answer> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.once('error', fail)
    child.once('close', (code) =>
      code === 0 ? done(JSON.parse(output)) : fail(new Error(`${program} did not measure: ${errors}`)),
    )
  })
}
