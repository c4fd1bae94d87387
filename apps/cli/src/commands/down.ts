import { existsSync } from 'node:fs'
import { describeTeardown, makeHome } from '../cloud/cloud.ts'
import { endLeftovers, findLeftovers } from '../cloud/leftovers.ts'
import { tearDown } from '../cloud/teardown.ts'
import { loadOwnConfig } from '../installation.ts'
import { askSteps, isSupervised } from '../supervisor/control.ts'
import { printSteps } from '../terminal/print-steps.ts'
import { Steps } from '../terminal/steps.ts'

/** `./nephos down`: stops every process of the cloud. Instances go on, unless `all`. */
export async function down({ all = false }: { all?: boolean }): Promise<void> {
  const config = loadOwnConfig()
  if (!existsSync(config.home)) return void process.stdout.write('  Nephos is not running.\n')
  makeHome(config)
  const steps = new Steps()
  const endPrinting = printSteps(steps)
  try {
    if (await isSupervised(config)) {
      await askSteps(config, 'POST', `/down?machines=${all}`, (event) => steps.emit(event))
      return
    }
    if (findLeftovers(config).length > 0)
      await steps.run(
        'Processes',
        () => endLeftovers(config),
        (names) => `${names.length} left by a killed supervisor stopped`,
      )
    else steps.note('  Nephos is not running.')
    if (all)
      await steps.run('Instances and networks', () => tearDown(config, { destroy: false }), describeTeardown)
  } finally {
    endPrinting()
  }
}
