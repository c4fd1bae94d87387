import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { z } from 'zod'
import { root } from '../installation.ts'

/** How the tests of one suite ended. */
export interface Tally {
  passed: number
  failed: number
  skipped: number
  /** What to show of each failure: its name, then lines. */
  failures: { name: string; lines: string[] }[]
}

export const emptyTally = (): Tally => ({ passed: 0, failed: 0, skipped: 0, failures: [] })

/** Adds up. */
export function add(total: Tally, more: Tally): void {
  total.passed += more.passed
  total.failed += more.failed
  total.skipped += more.skipped
  total.failures.push(...more.failures)
}

/** A suite that did not get as far as a report counts as one failed test. */
export const noReport = (name: string, output: string): Tally => ({
  ...emptyTally(),
  failed: 1,
  failures: [{ name: `${name} gave no report`, lines: output.trim().split('\n').slice(-20) }],
})

const vitestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

const someLines = (text: string): string[] => text.split('\n').slice(0, 12)

function readJson(file: string): unknown {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  } catch {
    return undefined
  }
}

/** Reads vitest's JSON report; null when there is none. A file that cannot even be loaded counts as one failed test. */
export function tallyVitest(file: string): Tally | null {
  const report = vitestReport.safeParse(readJson(file))
  if (!report.success) return null
  const tally = emptyTally()
  for (const { name, status, message, assertionResults } of report.data.testResults) {
    const where = relative(root, name)
    for (const { status: end, fullName, failureMessages } of assertionResults) {
      if (end === 'passed') tally.passed++
      else if (end === 'failed') {
        tally.failed++
        tally.failures.push({
          name: `${where} › ${fullName}`,
          lines: someLines(failureMessages?.join('\n') ?? ''),
        })
      } else tally.skipped++
    }
    if (status === 'failed' && !assertionResults.some((result) => result.status === 'failed')) {
      tally.failed++
      tally.failures.push({ name: where, lines: someLines(message ?? '') })
    }
  }
  return tally
}

const playwrightReport = z.object({
  errors: z.array(z.object({ message: z.string().optional() })),
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
})

/** Reads Playwright's JSON report; null when there is none. Its failures were shown while it ran. */
export function tallyPlaywright(file: string): Tally | null {
  const report = playwrightReport.safeParse(readJson(file))
  if (!report.success) return null
  const { errors, stats } = report.data
  const stray = stats.unexpected === 0 ? errors.length : 0
  return {
    passed: stats.expected,
    // A test that passes only sometimes is no passed test.
    failed: stats.unexpected + stats.flaky + stray,
    skipped: stats.skipped,
    failures: errors.map(({ message }) => ({ name: 'e2e', lines: someLines(message ?? '') })),
  }
}
