import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { describeTeardown } from '../cloud/cloud.ts'
import { tearDown } from '../cloud/teardown.ts'
import { Failure } from '../failure.ts'
import { isMember } from '../host/membership.ts'
import { loadOwnConfig } from '../installation.ts'
import { confirm } from '../terminal/confirm.ts'
import { printSteps } from '../terminal/print-steps.ts'
import { Steps } from '../terminal/steps.ts'
import { down } from './down.ts'

/** Everything that Nephos itself puts into its state directory. Anything else there is not ours to delete. */
const ours = (config: NephosConfig): string[] => {
  const { postgres, nats, images, hosts, run, log, guest, adminPasswordFile } = statePaths(config)
  const others = ['postgres-password', 'nats-password', 'joined-hosts.json', 'invitations', 'tools'].map(
    (name) => join(config.home, name),
  )
  return [postgres, nats, images, hosts, run, log, guest, adminPasswordFile, ...others]
}

/** `./nephos reset`: takes the cloud down and deletes all of its state: instances, images, users, everything. */
export async function reset({ yes = false }: { yes?: boolean }): Promise<void> {
  const config = loadOwnConfig()
  if (!existsSync(config.home)) return void process.stdout.write(`  There is nothing in ${config.home}.\n`)
  if (isMember(config))
    throw new Failure(`This machine is a host of the cloud at ${config.controlUrl}.`, {
      remedy: 'Leave it: `./nephos host leave`.',
    })
  if (!existsSync(statePaths(config).run))
    throw new Failure(`${config.home} does not look like the state of a cloud.`, {
      remedy: 'Check NEPHOS_HOME.',
    })
  if (
    !yes &&
    !(await confirm(`This deletes all instances, images, networks and users of the cloud in ${config.home}.`))
  )
    return void process.stdout.write('  Nothing was deleted.\n')
  await down({})
  const steps = new Steps()
  const endPrinting = printSteps(steps)
  try {
    await steps.run('Instances and networks', () => tearDown(config, { destroy: true }), describeTeardown)
    await steps.run('State', async () => {
      for (const path of ours(config)) rmSync(path, { recursive: true, force: true })
      if (readdirSync(config.home).length === 0) rmSync(config.home, { recursive: true })
    })
  } finally {
    endPrinting()
  }
}
