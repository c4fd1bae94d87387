import { isRoot, root } from '../installation.ts'
import { build, isBuilt } from '../prepare/build.ts'
import { hasApt, installPackages, missingPackages } from '../prepare/debian.ts'
import { capture } from '../prepare/run.ts'
import { printSteps } from '../terminal/print-steps.ts'
import { Steps } from '../terminal/steps.ts'

/** What {@link prepareTools} takes. */
interface ToolNeeds {
  /** Debian packages. */
  packages: string[]
  /** The built apps, too. Default true. */
  bundles?: boolean
}

/**
 * Gets what tests and benchmarks need in place: Debian packages as root, the generated database client, and, with
 * `bundles`, the built apps.
 * @throws Failure
 */
export async function prepareTools({ packages, bundles = true }: ToolNeeds): Promise<void> {
  const steps = new Steps()
  const endPrinting = printSteps(steps)
  try {
    if (isRoot && hasApt()) {
      const missing = await missingPackages(packages)
      if (missing.length > 0)
        await steps.run(
          'Debian packages',
          () => installPackages(missing),
          () => `${missing.length} installed`,
        )
    }
    if (bundles && !isBuilt()) await steps.run('Build', build)
    else if (!bundles)
      await steps.run('Database client', () =>
        capture('npm', ['run', '--silent', 'generate', '-w', '@nephos/db'], { cwd: root }),
      )
  } finally {
    endPrinting()
  }
}
