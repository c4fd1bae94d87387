import { openCloud, startCloud } from '@nephos/testbed'
import type { FullConfig } from '@playwright/test'
import { homesOfTheRun, tellHomes } from './homes.ts'
import { endLab } from './lab.ts'

/**
 * Starts a cloud for each worker of the run, with real machines wherever this machine can; what is returned ends them,
 * and the labs of the run beside them. With NEPHOS_E2E_HOME the tests run against the cloud of that state directory and
 * leave it running.
 */
export default async function start({ workers }: FullConfig): Promise<() => Promise<void>> {
  const [given] = homesOfTheRun()
  if (given) {
    openCloud(given)
    return () => endLab(given)
  }
  // One after the other: what the first one builds and installs, the others find.
  const clouds = [await startCloud()]
  const end = async () => {
    for (const { home, destroy } of clouds) {
      await endLab(home)
      await destroy()
    }
  }
  try {
    while (clouds.length < workers) clouds.push(await startCloud())
  } catch (error) {
    await end()
    throw error
  }
  tellHomes(clouds.map(({ home }) => home))
  return end
}
