import type { NephosConfig } from '@nephos/config'
import { makeHome } from '../cloud/cloud.ts'
import { findProgram } from '../cloud/nats.ts'
import { Failure, messageOf } from '../failure.ts'
import { isRoot } from '../installation.ts'
import { runtimePackages } from '../packages.ts'
import type { Steps } from '../terminal/steps.ts'
import { build, isBuilt } from './build.ts'
import { hasApt, installPackages, missingPackages, unpackPackage } from './debian.ts'
import { buildGuest, isGuestBuilt } from './guest.ts'
import { ensureSystemUser } from './users.ts'

/**
 * Gets everything in place that a start needs: Debian packages and the user for QEMU (as root), the build, the guest
 * image. What is there already takes no time and prints nothing.
 * @throws Failure when the cloud cannot start without what is missing
 */
export async function prepare(config: NephosConfig, steps: Steps): Promise<void> {
  makeHome(config)
  if (isRoot && hasApt()) {
    const missing = await missingPackages(runtimePackages())
    if (missing.length > 0)
      await steps.run(
        'Debian packages',
        () => installPackages(missing),
        () => `${missing.length} installed`,
      )
  } else if (!config.natsUrl && !findProgram(config, 'nats-server') && hasApt())
    await steps.run('nats-server', () => unpackPackage(config, 'nats-server'))
  if (isRoot && process.platform === 'linux') await ensureSystemUser(config.qemuUser)
  if (!isBuilt()) await steps.run('Build', build)
  await prepareGuest(config, steps)
}

/** Without its guest image the cloud is still a cloud: people may upload their own. */
async function prepareGuest(config: NephosConfig, steps: Steps): Promise<void> {
  if (isGuestBuilt(config) || !findProgram(config, 'qemu-img') || !hasApt()) return
  try {
    await steps.run('Guest image', () => buildGuest(config))
  } catch (error) {
    const why = error instanceof Failure ? error.evidence?.at(-1) : undefined
    steps.note(`    ${why ?? messageOf(error)}\n    Upload an image in the dashboard instead.`)
  }
}
