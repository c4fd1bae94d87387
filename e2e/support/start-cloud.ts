import { openCloud, startCloud } from '@nephos/testbed'

/**
 * Starts the cloud of the run, with real machines wherever this machine can; what is returned ends it. With
 * NEPHOS_E2E_HOME the tests run against the cloud of that state directory and leave it running.
 */
export default async function start(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.NEPHOS_E2E_HOME) {
    openCloud(process.env.NEPHOS_E2E_HOME)
    return
  }
  const cloud = await startCloud()
  process.env.NEPHOS_E2E_HOME = cloud.home
  return cloud.destroy
}
