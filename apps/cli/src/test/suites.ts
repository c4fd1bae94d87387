import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../failure.ts'
import { root } from '../installation.ts'
import { attempt } from '../prepare/run.ts'
import { passThrough } from './pass-through.ts'
import { add, emptyTally, noReport, type Tally, tallyPlaywright, tallyVitest } from './tally.ts'

const bin = (name: string): string => join(root, 'node_modules/.bin', name)
const env: NodeJS.ProcessEnv = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
}

/** A part of `./nephos test`. */
export interface Suite {
  name: 'checks' | 'unit' | 'integration' | 'e2e'
  /** True when it shows its own progress. */
  talks?: boolean
  run: () => Promise<Tally>
}

const checks: [name: string, command: string, args: string[]][] = [
  ['lint', bin('biome'), ['ci', '--colors=off', '.']],
  ['types', bin('turbo'), ['run', 'typecheck', '--output-logs=errors-only', '--no-color', '--concurrency=2']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['layers', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'apps', 'packages', 'e2e', 'bench']],
]

async function runChecks(): Promise<Tally> {
  const tally = emptyTally()
  for (const [name, command, args] of checks) {
    const { code, output } = await attempt(command, args, { cwd: root, env })
    if (code === 0) tally.passed++
    else
      add(tally, {
        ...emptyTally(),
        failed: 1,
        failures: [{ name, lines: output.trim().split('\n').slice(-40) }],
      })
  }
  return tally
}

async function withReport(work: (file: string) => Promise<Tally>): Promise<Tally> {
  const directory = mkdtempSync(join(tmpdir(), 'nephos-report-'))
  try {
    return await work(join(directory, 'report.json'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const vitest = (project: 'unit' | 'integration'): Promise<Tally> =>
  withReport(async (file) => {
    const args = ['run', '--project', project, '--reporter=json', `--outputFile=${file}`]
    try {
      const { output } = await attempt(bin('vitest'), args, { cwd: root, env, timeoutMs: 1_800_000 })
      return tallyVitest(file) ?? noReport(project, output)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return noReport(project, [error.message, ...(error.evidence ?? [])].join('\n'))
    }
  })

/** Clouds that the end-to-end tests have side by side: they wait more than they work, but guests need memory. */
const clouds = (): number => (availableParallelism() > 1 && totalmem() > 12 * 1024 ** 3 ? 2 : 1)

const playwright = (): Promise<Tally> =>
  withReport(async (file) => {
    const code = await passThrough(bin('playwright'), ['test', '-c', 'e2e'], {
      ...env,
      NEPHOS_E2E_REPORT: file,
      NEPHOS_E2E_WORKERS: process.env.NEPHOS_E2E_WORKERS ?? String(clouds()),
    })
    return tallyPlaywright(file) ?? noReport('e2e', `Playwright ended with exit code ${code}.`)
  })

/** The suites, in the order in which they run: what fails fast comes first. */
export const suites: Suite[] = [
  { name: 'checks', run: runChecks },
  { name: 'unit', run: () => vitest('unit') },
  { name: 'integration', run: () => vitest('integration') },
  { name: 'e2e', talks: true, run: playwright },
]
