import { startCloud } from '@nephos/testbed'

/** Starts the cloud of the run; what is returned ends it. Real machines wherever this machine can. */
export default async function start(): Promise<() => Promise<void>> {
  const cloud = await startCloud()
  process.env.NEPHOS_E2E_HOME = cloud.home
  return cloud.destroy
}
