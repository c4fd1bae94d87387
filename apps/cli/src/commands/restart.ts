import { Failure } from '../failure.ts'
import { loadOwnConfig } from '../installation.ts'
import { askSteps, isSupervised } from '../supervisor/control.ts'
import { printSteps } from '../terminal/print-steps.ts'
import { Steps } from '../terminal/steps.ts'

/** `./nephos restart <process>`: restarts one process and waits until it is healthy. */
export async function restart(name: string): Promise<void> {
  const config = loadOwnConfig()
  if (!(await isSupervised(config)))
    throw new Failure('Nephos is not running.', { remedy: 'Start it: `./nephos up`.' })
  const steps = new Steps()
  const endPrinting = printSteps(steps)
  try {
    await steps.run(`Restart of ${name}`, () =>
      askSteps(config, 'POST', `/restart?name=${encodeURIComponent(name)}`, () => {}),
    )
  } finally {
    endPrinting()
  }
}
