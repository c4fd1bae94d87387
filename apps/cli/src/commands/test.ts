import pc from 'picocolors'
import { Failure } from '../failure.ts'
import { isRoot } from '../installation.ts'
import { testPackages } from '../packages.ts'
import { seconds } from '../terminal/format.ts'
import { prepareTools } from '../test/prepare-tools.ts'
import { suites } from '../test/suites.ts'
import { add, emptyTally, type Tally } from '../test/tally.ts'

/**
 * `./nephos test`: sets up what the tests need, runs them all, and ends with `N passed, N failed`. A test that this
 * machine cannot run is skipped; under CI=true that counts as failed.
 */
export async function test({ only }: { only?: string }): Promise<void> {
  const names = suites.map(({ name }) => name)
  const wanted = only ? only.split(',').map((name) => name.trim()) : names
  const unknown = wanted.find((name) => !names.some((known) => known === name))
  if (unknown !== undefined)
    throw new Failure(`There is no suite ${unknown}.`, { remedy: `There are: ${names.join(', ')}.` })

  const endToEnd = wanted.includes('e2e')
  await prepareTools({ packages: testPackages(endToEnd), bundles: endToEnd })
  if (!isRoot) process.stdout.write('  Not root: tests that need real networks and machines are skipped.\n')

  const total = emptyTally()
  for (const suite of suites.filter(({ name }) => wanted.includes(name))) {
    process.stdout.write(`  · ${suite.name} …\n`)
    const began = performance.now()
    const tally = await suite.run()
    printTally(suite.name, tally, performance.now() - began)
    add(total, tally)
  }
  const strict = Boolean(process.env.CI) && process.env.CI !== 'false'
  if (total.skipped > 0)
    process.stdout.write(`\n${total.skipped} skipped${strict ? ', which counts as failed in CI' : ''}\n`)
  const failed = total.failed + (strict ? total.skipped : 0)
  if (total.failures.length > 0) process.stdout.write(`\n${whatFailed(total)}`)
  process.exitCode = failed > 0 || total.passed === 0 ? 1 : 0
  process.stdout.write(`${total.passed} passed, ${failed} failed\n`)
}

/** All failures once more, shortly: what was printed of each stands far above by now. */
const whatFailed = ({ failures }: Tally): string =>
  failures
    .map(({ name, lines }) => `${pc.red('✗')} ${name}\n    ${(lines[0] ?? '').slice(0, 300)}\n`)
    .join('')

function printTally(name: string, tally: Tally, ms: number): void {
  const { passed, failed, skipped, failures } = tally
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`]
  const mark = failed > 0 ? pc.red('✗') : pc.green('✓')
  process.stdout.write(
    `  ${mark} ${name.padEnd(14)} ${counts.filter(Boolean).join(', ')}  ${pc.dim(seconds(ms))}\n`,
  )
  for (const failure of failures) {
    process.stdout.write(`    ${pc.red(failure.name)}\n`)
    for (const line of failure.lines) process.stdout.write(`      ${line}\n`)
  }
}
